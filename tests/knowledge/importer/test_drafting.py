"""Groups of questions and their drafts: nothing merged that differs, nothing overwritten, nothing left half."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.bank.errors import DocumentError, ScaffoldError
from knowledge.bank.loader import load_topic
from knowledge.bank.models import SLUG_PATTERN
from knowledge.check import check
from knowledge.importer import DocumentQuestion, QuestionGroup, drafting, group, parse, read, write
from knowledge.importer.grouping import names, subject
from tests.knowledge.interviews import EN, SEED, ZH


def question(number: int, title: str) -> DocumentQuestion:
    return DocumentQuestion(number, title, number, "zh", {}, ())


def groups(*titles: str) -> list[QuestionGroup]:
    return group([question(n, title) for n, title in enumerate(titles, 1)])


@pytest.mark.parametrize(
    ("title", "about"),
    [
        ("什么是神经网络中的正则化？有哪些常见的正则化技术？", "正则化"),
        ("什么是神经网络正则化？", "正则化"),
        ("在机器学习中，什么是过拟合？", "过拟合"),
        ("什么是神经网络？", "神经网络"),
        ("请简要介绍一下注意力机制", "注意力机制"),
        ("什么是卷积神经网络（CNN）？它如何工作？", "卷积神经网络"),
        ("What is dropout in neural networks?", "dropout"),
        ("Explain dropout.", "dropout"),
        ("How does dropout work?", "dropout"),
        ("什么是", "什么是"),
        ("???", "???"),
    ],
)
def test_the_subject_is_what_is_left_without_asking_words_and_setting(title: str, about: str) -> None:
    assert subject(title) == about


def test_questions_about_one_subject_share_a_group() -> None:
    titles = ["什么是卷积神经网络（CNN）？", "什么是优化器？", "What is a CNN?", "有哪些优化器？", "Optimizers?"]
    found = groups(*titles)
    assert [each.numbers for each in found] == [(1, 3), (2, 4), (5,)]
    assert (found[0].subject, found[0].abbreviation) == ("卷积神经网络", "CNN")


@pytest.mark.parametrize(
    "pair",
    [
        ("什么是卷积层？", "什么是卷积层参数？"),
        ("什么是自编码器？", "什么是变分自编码器（VAE）？"),
        ("什么是激活函数？", "为什么需要激活函数？"),
        ("What is bias (briefly)?", "What is variance (briefly)?"),
    ],
)
def test_what_only_looks_alike_is_not_merged(pair: tuple[str, str]) -> None:
    assert len(groups(*pair)) == 2


@given(st.lists(st.sampled_from(["什么是A（XY）？", "什么是XY？", "什么是B？", "B（XY）", "C", "???"]), max_size=8))
def test_grouping_loses_no_question_and_shared_names_share_a_group(titles: list[str]) -> None:
    found = groups(*titles)
    assert sorted(q.number for each in found for q in each.questions) == list(range(1, len(titles) + 1))
    keys = [set().union(*(names(q.title) for q in each.questions)) for each in found]
    assert all(not keys[a] & keys[b] for a in range(len(keys)) for b in range(a))


@given(st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=5))
def test_slugs_are_slugs_and_differ_whatever_the_titles_say(titles: list[str]) -> None:
    slugs = drafting.slugs(groups(*titles))
    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch(SLUG_PATTERN, slug) and len(slug) <= 60 for slug in slugs)


def test_slugs_say_the_subject_in_english_or_pinyin() -> None:
    titles = ["什么是过拟合？", "../../etc/passwd", "什么是鸳鸯锅？", "3D convolution", "？？？"]
    wanted = ["overfitting", "etc-passwd", "yuan-yang-guo", "q-3d-convolution", "question-5"]
    assert drafting.slugs(groups(*titles)) == wanted


def test_a_draft_loads_and_holds_what_the_document_says(tmp_path: Path) -> None:
    (draft,) = write(group(parse(ZH)), tmp_path / "new" / "drafts")
    assert draft.new
    assert draft.folder == tmp_path / "new" / "drafts" / "overfitting"
    topic, problems = load_topic(draft.folder)
    assert problems == []
    assert topic is not None
    assert (topic.title.zh, topic.meta.questions) == ("过拟合", (1, 2))
    assert topic.meta.question_titles["1"].zh == "什么是过拟合？"
    assert topic.meta.asks.zh[:2] == ("过拟合是什么？", "怎样发现过拟合？")
    assert [example.name for example in topic.examples] == ["main", "q2"]
    assert topic.examples[1].source.endswith("\nprint(missing)\n")
    assert "泛化差" in topic.sections["zh"]["answer"]
    assert "第 1 题" in topic.sections["zh"]["how"]
    assert all("TODO" in text for lang in topic.sections.values() for text in lang.values())


async def test_check_names_what_is_left_to_write_in_a_draft(tmp_path: Path) -> None:
    write(group(parse(ZH)), tmp_path)
    problems = [str(problem) for problem in (await check(tmp_path, run=False)).problems]
    assert "overfitting/zh.md: line 4 says 'TODO 用自己的话重写；第 1 题原文：'; write it" in problems
    assert any("example_q2.py: asserts nothing" in problem for problem in problems)
    assert not any("is not valid TOML" in problem or "is missing; add it" in problem for problem in problems)


async def test_drafts_do_not_quarrel_over_their_placeholders(tmp_path: Path) -> None:
    write(groups("什么是欠拟合？", "什么是过拟合？"), tmp_path)
    assert not [problem for problem in (await check(tmp_path, run=False)).problems if "stands here" in problem.problem]
    (tmp_path / "overfitting" / "topic.toml").write_bytes((tmp_path / "underfitting" / "topic.toml").read_bytes())
    problems = (await check(tmp_path, run=False)).problems
    said = [problem.problem.partition(" stands here")[0] for problem in problems if "stands here" in problem.problem]
    assert said == ["title '欠拟合'", "ask '什么是欠拟合？'", "question 1"]


def test_an_english_document_fills_the_english_text(tmp_path: Path) -> None:
    drafts = write(group(parse(EN)), tmp_path)
    assert [draft.folder.name for draft in drafts] == ["dropout", "optimizer"]
    topic, problems = load_topic(drafts[1].folder)
    assert problems == []
    assert topic is not None
    assert "It updates weights." in topic.sections["en"]["answer"]
    assert topic.meta.aliases[0] == "SGD"


def test_headings_and_quotes_in_an_answer_do_not_break_the_draft(tmp_path: Path) -> None:
    answer = '#### 标题 ##\n"""\n```text\n## 不是标题\n```\n\\ "引号" \''
    (draft,) = write(group(parse(f"### 1. \"A\" \\ '''？\n**答案：**\n{answer}\n")), tmp_path)
    topic, problems = load_topic(draft.folder)
    assert problems == []
    assert topic is not None
    assert "**标题**" in topic.sections["zh"]["answer"]
    assert "## 不是标题" in topic.sections["zh"]["answer"]


@given(st.text(max_size=60), st.text(max_size=120))
def test_every_draft_loads_whatever_the_document_says(title: str, answer: str) -> None:
    text = f"### 1. 题{title}\n**答案：** {answer}\n\n**举例：**\n\n```python\nprint(1)\n```\n"
    try:
        questions = parse(text)
    except DocumentError:
        return  # a line of the answer opened a fence
    with tempfile.TemporaryDirectory() as folder:
        for draft in write(group(questions), Path(folder)):
            topic, problems = load_topic(draft.folder)
            assert topic is not None, problems


def test_every_part_and_what_none_takes_is_in_the_draft(tmp_path: Path) -> None:
    text = (
        "# 序\n\n## 1. 什么是动量？\n**题目：** 动量是什么，\n有什么用？\n**答案：** 累积梯度。\n**举例：** 小球。\n\n"
        "```cpp\ndouble v;\n```\n**解析：** 平滑。\n\n# 广告\n\n````\n```\n扫码\n````\n"
    )
    (draft,) = write(group(parse(text)), tmp_path)
    topic, problems = load_topic(draft.folder)
    assert problems == []
    assert topic is not None
    sections = topic.sections["zh"]
    assert [part in sections["answer"] for part in ("动量是什么，\n有什么用？", "累积梯度。")] == [True, True]
    assert [part in sections["practice"] for part in ("小球。", "double v;")] == [True, True]
    assert "平滑。" in sections["how"]
    beside = sections["interview"].partition("（not placed）")[2]
    assert [part in beside for part in ("序", "广告", "扫码")] == [True, True, True]


def test_a_draft_of_snippets_that_build_on_each_other_runs_as_it_stands() -> None:
    text = "## 1. How?\nFirst\n```python\nimport math\n```\nthen\n```python\nprint(math.pi)\n```\n"
    content = drafting.files(group(parse(text))[0])
    assert content["example_q1.py"].endswith("import math\n\nprint(math.pi)\n")


def test_two_questions_of_one_number_keep_both_titles() -> None:
    (found,) = group(parse("## 3. 什么是GAN？\n甲\n## 3. 如何GAN？\n乙\n"))
    assert "如何GAN？" in drafting.files(found)["zh.md"]


def test_what_is_there_already_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "overfitting").mkdir()  # an empty folder, too, is somebody's
    (tmp_path / "dropout").write_text("mine")
    (tmp_path / "optimizer").symlink_to(tmp_path / "nowhere")
    drafts = write(group(parse(ZH) + parse(EN)), tmp_path)
    assert [draft.new for draft in drafts] == [False, False, False]
    assert list((tmp_path / "overfitting").iterdir()) == []
    assert (tmp_path / "dropout").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 3


def test_a_folder_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Path] = []
    genuine = Path.write_text

    def interrupted(self: Path, *arguments: object, **options: object) -> int:
        calls.append(self)
        if len(calls) == 8:  # in the middle of the second folder
            raise KeyboardInterrupt
        return genuine(self, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "write_text", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(group(parse(EN)), tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["dropout"]
    assert len(list((tmp_path / "dropout").iterdir())) == 5
    monkeypatch.undo()
    assert [draft.new for draft in write(group(parse(EN)), tmp_path)] == [False, True]


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ScaffoldError, match=r"cannot write drafts to .*file .*; give a folder"):
        write(group(parse(EN)), tmp_path / "file")
    with pytest.raises(ScaffoldError, match="cannot write drafts to /proc/epoch"):
        write(group(parse(EN)), Path("/proc/epoch"))
    assert not os.path.lexists("/proc/epoch")


@pytest.mark.skipif(not SEED.exists(), reason="the source document is not beside this checkout")
def test_the_source_document_has_26_subjects() -> None:
    many = [each.numbers for each in group(parse(read(SEED))) if len(each.questions) > 1]
    assert many == [(4, 15, 19, 31, 35, 38), (5, 9, 21), (6, 20), (7, 34, 39), (10, 24, 29), (23, 30), (26, 28)]
