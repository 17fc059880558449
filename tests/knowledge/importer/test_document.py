"""Reading interview documents: every shape in which a question comes, and every document that is none."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.bank.errors import DocumentError
from knowledge.importer import DocumentQuestion, parse, read
from knowledge.importer.document import harmless
from knowledge.importer.reading import MAX_BYTES, decode, read_text
from tests.knowledge.interviews import EN, SEED, ZH


def found(text: str) -> list[tuple[int, str]]:
    return [(question.number, question.title) for question in parse(text)]


def test_a_chinese_document_gives_questions_parts_and_snippets() -> None:
    first, second = parse(ZH)
    assert (first.number, first.title, first.line, first.lang) == (1, "什么是过拟合？", 3, "zh")
    answer = "1. **记住**了噪声。\n2. 泛化差。"
    assert first.parts == {"question": "过拟合是什么？", "answer": answer, "explanation": "完。"}
    assert [(snippet.line, snippet.code) for snippet in first.snippets] == [(15, 'print("好")\n')]
    assert second.number == 2


def test_an_english_document_gives_questions_and_snippets() -> None:
    first, second = parse(EN)
    assert (first.number, first.title, first.lang) == (1, "What is dropout?", "en")
    assert first.parts["answer"] == "It drops units."
    assert second.snippets[0].code == 'import time\nprint("ok")\n'


@pytest.mark.parametrize(
    "text",
    [
        "1、什么是A？\n答案：a\n\n2、什么是B？\n答案：b\n",
        "1. 题目：什么是A？\n答案：1. 一\n2. 二\n\n2. 题目：什么是B？\n答案：b\n",
        "１．什么是A？\n答案：a\n２．什么是B？\n答案：b\n",
        "（1）什么是A？\n答：a\n（2）什么是B？\n答：b\n",
        "第一题：什么是A？\n回答：a\n第二题：什么是B？\n回答：b\n",
        "### 第1题\n**题目**：什么是A？\n**答案**：a\n### 第2题\n**题目**：什么是B？\n**答案**：b\n",
        "问题1：什么是A？\n答案：a\n问题2：什么是B？\n答案：b\n",
        "题目：什么是A？\n答案：a\n题目：什么是B？\n答案：b\n",
        "【题目】什么是A？\n【答案】a\n【题目】什么是B？\n【答案】b\n",
        "**1. 什么是A？**\n\n**答案：**\n1. **x**\n2. y\n\n**2. 什么是B？**\n\n**答案：** b\n",
        "# 一\n## 1. 什么是A？\n**答案：** a\n# 二、下一章\n闲话\n## 2. 什么是B？\n**答案：** b\n",
        "## 1. 什么是A？\n题目：a\n## 2. 什么是B？\n**答案：** b\n",
        "### 什么是A？\n**答案：** a\n\n### 什么是B？\n**答案：** b\n",
        "1. 什么是A？\n2. 什么是B？\n",
        "## 1. 什么是A？\n甲。\n## 2. 什么是B？\n乙。\n",
        "> 1. 什么是A？\n> 答案：a\n\n> 2. 什么是B？\n> 答案：b\n",
        "## 1. 什么是A？\n**答案：**\n### 1. 一\n### 2. 二\n## 2. 什么是B？\n**答案：** b\n",
        "#### 1. 什么是A？\n**答案：** a\n**解析：**\n1. 一\n2. 二\n\n**题目：** 什么是B？\n**答案：** b\n",
    ],
)
def test_questions_are_found_in_every_common_shape(text: str) -> None:
    assert found(text) == [(1, "什么是A？"), (2, "什么是B？")]


@pytest.mark.parametrize(
    "text",
    [
        "Q1: What is A?\nA: a\n\nQ2: What is B?\nA: b\n",
        "**Q1. What is A?**\n**A:** a\n\n**Q2. What is B?**\n**A:** b\n",
        "**Q: What is A?**\nA: a\n\n**Q: What is B?**\nA: b\n",
        "## Question 1\n\nWhat is A?\n\n### Answer\n\na\n\n## Question 2: What is B?\n### Answer\nb\n",
        "- Question: What is A?\n- Answer: a\n- Question: What is B?\n- Answer: b\n",
        "1. What is A?\nAnswer: a\n2. What is B?\nAnswer: b\n",
        "1) What is A?\n\n   Answer: a\n\n2) What is B?\n\n   Answer: b\n",
    ],
)
def test_questions_are_found_in_english(text: str) -> None:
    assert found(text) == [(1, "What is A?"), (2, "What is B?")]


def test_options_called_a_and_b_are_no_answers() -> None:
    text = "1. Which is right?\nA: one\nB: two\nAnswer: B\n2. Which is wrong?\nA: one\nB: two\nAnswer: A\n"
    assert found(text) == [(1, "Which is right?"), (2, "Which is wrong?")]
    assert parse(text)[0].parts["answer"] == "B"


def test_a_number_may_stand_twice() -> None:
    assert found("### 3. A\n**答案：** a\n### 3. B\n**答案：** b\n") == [(3, "A"), (3, "B")]


@pytest.mark.parametrize(
    ("example", "code"),
    [
        ("```python\nprint(1)\n```", "print(1)\n"),
        ("~~~py\nprint(1)\n~~~", "print(1)\n"),
        ("```\nprint(1)\n```", "print(1)\n"),
        ("    print(1)\n\n    print(2)", "print(1)\n\nprint(2)\n"),
        ("\tif 1:\n\t\tprint(1)", "if 1:\n\tprint(1)\n"),
        ("  ```python\n  if 1:\n      print(1)\n  ```", "if 1:\n    print(1)\n"),
        ("```python\n>>> print(1)\n1\n```", ">>> print(1)\n1\n"),
        ("```python\n  print(1)\n```", "  print(1)\n"),
        ("````python\nx = '''\n```\n'''\n````", "x = '''\n```\n'''\n"),
        ("```python\nx = '''\n**题目：** y\n'''\n```", "x = '''\n**题目：** y\n'''\n"),
    ],
)
def test_code_is_taken_as_it_stands_whatever_it_is_fenced_with(example: str, code: str) -> None:
    (question,) = parse(f"### 1. A？\n**答案：** a\n\n**举例：**\n\n{example}\n\n**解析：** b\n")
    assert [snippet.code for snippet in question.snippets] == [code]
    assert question.parts["explanation"] == "b"


@pytest.mark.parametrize("example", ["```bash\npip install x\n```", "抛硬币。", "- a\n\n    b", "```python\n\n```"])
def test_what_is_no_python_is_no_snippet(example: str) -> None:
    (question,) = parse(f"### 1. A？\n**答案：** a\n\n**举例：**\n\n{example}\n")
    assert question.snippets == ()


@pytest.mark.parametrize(
    "code",
    [
        "```python\nprint(1)\n",
        "~~~python\nprint(1)\n```\n",
        "```python\nprint(1)\n\n### 2. B？\n**答案：** b\n```python\nprint(2)\n```\n",
        "```\nprint(1)\n\n### 2. B？\n**答案：** b\n```\nprint(2)\n```\n",
    ],
)
def test_an_open_fence_is_named_by_the_line_it_opens_in(code: str) -> None:
    with pytest.raises(DocumentError, match="opened in line 3 is never closed"):
        parse(f"### 1. A？\n**答案：** a\n{code}")


@pytest.mark.parametrize("text", ["hello\n", "# Title\n\n- a\n- b\n", "1.5 is a number\n", "```python\nx\n```\n"])
def test_a_document_without_questions_says_what_is_wanted(text: str) -> None:
    with pytest.raises(DocumentError, match="no questions found; give a document with numbered questions"):
        parse(text)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n", "is empty"),
        (b"\xff\xfe1\x00.", "begins as UTF-16 but is not"),
        ("1. 什么？\n".encode() + "答案：记住".encode("gbk"), "UTF-8 up to line 2 and something else from there"),
        (b"1. a\n\x00", "NUL byte in line 2"),
        (b"1. a\n\xff\xff", r"not UTF-8 text \(line 2\)"),
    ],
)
def test_what_is_no_text_is_refused_with_the_cure(raw: bytes, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        decode(raw, "x.md")


UNICODE = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
NAÏVE = EN + "Naïve Bayes – isn’t it?\n"


@pytest.mark.parametrize(
    ("text", "encoding", "called"),
    [
        *((text, encoding, called) for text in (ZH, NAÏVE) for encoding, called in UNICODE.items()),
        (ZH, "utf-32", "UTF-32"),
        (ZH, "gbk", "GB18030"),
        (ZH.replace("过拟合", "過擬合"), "gb18030", "GB18030"),
        (NAÏVE, "cp1252", "Windows-1252"),
    ],
)
def test_a_document_reads_the_same_in_every_encoding_that_people_save_in(
    text: str, encoding: str, called: str, tmp_path: Path
) -> None:
    (tmp_path / "doc.md").write_bytes(text.encode(encoding))
    assert read_text(tmp_path / "doc.md") == (text, called)


def test_traditional_chinese_in_big5_is_read() -> None:
    text = "1. 什麼是過擬合？\n答案：模型記住了訓練資料裡的雜訊，在新的資料上表現很差。\n"
    assert decode(text.encode("big5"), "x.md") == text


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    assert parse(decode(b"\xef\xbb\xbf" + ZH.replace("\n", "\r\n").encode(), "x")) == parse(ZH)


def test_a_document_of_10_mb_is_refused(tmp_path: Path) -> None:
    big = tmp_path / "big.md"
    big.write_text("1. a?\n" * 1_700_000)
    with pytest.raises(DocumentError, match="larger than 5 MB; split it"):
        read(big)
    big.write_bytes(b"a" * MAX_BYTES)
    assert len(read(big)) == MAX_BYTES


@pytest.mark.parametrize(
    "text",
    [
        ">" * 100_000 + " 1. What?\n",
        "> " * 50_000 + "- What?\n",
        "".join(" " * n + "- What?\n" for n in range(1_000)),
        "<details>\n<summary>What?</summary>\n" * 3_000 + "</details>\n" * 3_000,
        "## 1. What?\n" + "[" * 50_000 + "](" * 50_000 + "\n",
        "## 1. What?\n```python\n" + "(" * 50_000 + "\n```\n",
        "<!--\n" * 5_000 + "<pre>\n" * 5_000 + "$$\n$$ a\n" * 5_000,
        "**" * 700 + "What?\n" + "(" * 1_400 + "?\n" + "### 1. " + "[(" * 600 + "?\n",
    ],
    ids=["quotations", "spaced quotations", "lists", "details", "links", "brackets in code", "never closed", "marks"],
)
def test_deep_nesting_and_what_is_never_closed_costs_neither_the_stack_nor_the_square(text: str) -> None:
    with contextlib.suppress(DocumentError):
        assert parse(text)


def test_a_thousand_questions_are_all_found() -> None:
    text = "".join(f"#### {n}. 题{n}\n\n**答案：** 甲\n\n```python\nprint({n})\n```\n\n" for n in range(1, 1001))
    questions = parse(text)
    assert [question.number for question in questions] == list(range(1, 1001))
    assert all(len(question.snippets) == 1 for question in questions)


def test_text_that_could_act_on_a_terminal_is_made_harmless() -> None:
    (question,) = parse("### 1. \x1b[31mred\u202e\x07\x9b2J\x1b]0;title\x07\n**答案：** \x1b[2Jx\n")
    assert (question.title, question.parts["answer"]) == ("red2J", "x")
    assert harmless("中文\tand\nlines") == "中文\tand\nlines"


words = st.text("甲乙丙丁abc xyz，。", min_size=1, max_size=20).filter(str.strip)
programs = st.text("abc=+ \n#(1)", min_size=1, max_size=40).filter(lambda code: code.strip())


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[tuple[int, str, str, list[str]]]]:
    """A document in one of the common forms, and what was put into it."""
    heading = draw(st.sampled_from(["#### {n}. {t}", "{n}、{t}", "**{n}. {t}**", "## 第{n}题 {t}"]))
    labels = draw(st.sampled_from([("**答案：**", "**举例：**"), ("答案：", "举例："), ("**Answer:**", "### Example")]))
    fence = draw(st.sampled_from(["```", "~~~", "`````"]))
    questions = draw(st.lists(st.tuples(words, words, st.lists(programs, max_size=2)), min_size=1, max_size=6))
    text, put = "", []
    for n, (title, answer, codes) in enumerate(questions, 1):
        text += f"{heading.format(n=n, t='题' + title)}\n\n{labels[0]} 答{answer}\n1. 一\n2. 二\n\n{labels[1]}\n\n"
        text += "".join(f"{fence}python\n{code}\n{fence}\n\n" for code in codes)
        put.append((n, " ".join(f"题{title}".split()), f"答{answer}".strip(), [f"{code}\n" for code in codes]))
    return text, put


@given(documents())
def test_parsing_finds_what_was_put_in(made: tuple[str, list[tuple[int, str, str, list[str]]]]) -> None:
    text, put = made
    assert [(q.number, q.title, q.parts["answer"], [s.code for s in q.snippets]) for q in parse(text)] == [
        (number, title, f"{answer}\n1. 一\n2. 二", codes) for number, title, answer, codes in put
    ]


@given(
    st.text(max_size=300)
    | st.text("*_<>()[]【】#1.、?？ab \n\t-|`$Q:", max_size=300)
    | st.lists(st.sampled_from(ZH.splitlines()), max_size=40).map("\n".join)
)
def test_any_text_is_questions_or_a_plain_error(text: str) -> None:
    questions: list[DocumentQuestion] = []
    with contextlib.suppress(DocumentError):
        questions = parse(text)
    assert all(question.title and question.number > 0 for question in questions)


@pytest.mark.skipif(not SEED.exists(), reason="the source document is not beside this checkout")
def test_the_source_document_has_40_questions_with_40_snippets() -> None:
    questions = parse(read(SEED))
    assert [question.number for question in questions] == list(range(1, 41))
    assert [len(question.snippets) for question in questions] == [1] * 40
    assert all(set(question.parts) == {"question", "answer", "explanation"} for question in questions)
