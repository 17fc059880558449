"""Each rule of `epoch check` can fail: one mutation of a sound topic, one problem, and no other."""

import asyncio
import re
from datetime import date
from pathlib import Path

import pytest

from knowledge.bank.loader import topics_root
from knowledge.check import check, of_bank, relations
from knowledge.check.scaffold import new
from tests.knowledge.tiny import QUIZ, accept_by_hand, edit, write_topic


@pytest.fixture
def topic(tmp_path: Path) -> Path:
    """A sound topic with its transcript."""
    folder = write_topic(tmp_path / "topics")
    accept_by_hand(folder)
    return folder


def found(root: Path, *slugs: str) -> list[str]:
    report = asyncio.run(check(root, slugs, run=False, today=date(2026, 11, 29)))
    return [str(problem) for problem in report.problems]


def test_a_sound_topic_has_no_problem(topic: Path) -> None:
    assert found(topic.parent) == []


Mutation = tuple[str, str, str, str]
TEXTS: list[Mutation] = [
    ("en.md", "A mean fears", "### Note\nA mean fears", "'pitfalls' has the heading '### Note'; use **bold**"),
    ("en.md", "A mean fears", "# Note\nA mean fears", "section 'pitfalls' has the heading '# Note'; use **bold**"),
    ("en.md", "A mean fears", "| a | b |\n|---|---|\n| 1 | 2 |\n\nA mean fears", "section 'pitfalls' has a table"),
    ("en.md", "`s / √n`", r"`\frac{s}{n}`", r"section 'how' has LaTeX ('\frac')"),
    ("en.md", "`s / √n`", "$s_n = 1$", "section 'how' has LaTeX ('$s_n = 1$')"),
    ("zh.md", "`s / √n`", "$$s$$", "mean/zh.md: section 'how' has LaTeX ('$$')"),
    ("en.md", "A mean fears", "See https://example.org, a mean fears", "section 'pitfalls' has a link or an image"),
    ("en.md", "A mean fears", "![x](y.png) A mean fears", "section 'pitfalls' has a link or an image ('![')"),
    ("en.md", "**sum**", "**sum", "section 'answer' has a ` or ** without its partner near 'The mean"),
    ("zh.md", "`s / √n`", "`s / √n", "mean/zh.md: section 'how' has a ` or ** without its partner"),
    ("zh.md", "均值怕离群点，一个极端值就能把它带偏。", "A mean fears outliers.", "'pitfalls' is not in Chinese"),
    ("en.md", "A mean fears outliers", "均值怕离群点，一个极端值就能把它", "section 'pitfalls' is not in English"),
    ("zh.md", "均值怕离群点，", "均值怕离群点,", "section 'pitfalls' has half-width punctuation ('点,')"),
    ("zh.md", "```\nVar(m) = s² / n\n```\n", "", "mean/en.md: section 'how' has 1 code fences, zh.md has 0"),
    ("en.md", "- Look", "- a\n- b\n- c\n- Look", "section 'practice' has 5 bullets, zh.md has 2; say the same"),
    ("en.md", "**When would", "**Why?** So.\n\n**When would", "'interview' has 2 questions in bold, zh.md has 1"),
    ("en.md", "A mean fears", "A mean fears" * 30, "mean/zh.md: section 'pitfalls' is far shorter than its twin"),
    ("en.md", "A mean fears", "TODO say what a mean fears", "mean/en.md: line 16 says 'TODO say what a mean fears"),
    ("quiz.toml", '"That is its definition."', '"TODO"', "mean/quiz.toml: line 10 says 'TODO'; write it"),
    ("topic.toml", "均值是总和除以个数。", "Sum over count.", "topic.toml: key_points[0].zh is not in Chinese"),
    ("topic.toml", "A single sample averages", "一个 averages", "examples.main.counter_why.en is not in English"),
    ("topic.toml", '"Sample mean"', '"均值"', "title.en is not in English; write it in English"),
    ("topic.toml", '"怎样估计均值"', '"Means"', "question_titles.1.zh is not in Chinese"),
    ("quiz.toml", "均值是什么？", "What is it?", "item 'what-it-is': prompt.zh is not in Chinese"),
    ("quiz.toml", "It counts every value in full.", "全算进去", "item 'outlier': why.en is not in English"),
]
ENTRIES: list[Mutation] = [
    ("topic.toml", '"算术平均咋算",', "", "mean/topic.toml: asks.zh has 9 paraphrases; write at least 10"),
    ("topic.toml", '"avg formula", ', "", "mean/topic.toml: asks.en has 9 paraphrases"),
    ("topic.toml", '"avg formula"', '"How to AVERAGE?"', "ask 'How to AVERAGE?' stands twice; keep one"),
    ("topic.toml", '"mean", "平均值"', '"Ｍ ean1", "mean-1"', "alias 'mean-1' stands twice"),
    ("topic.toml", '["mean", "平均值"]', "[]", "aliases is empty; add what people type after /run"),
    ("topic.toml", "questions = [1]", "questions = [1, 2]", "question 2 has no title; add 2 ="),
    ("topic.toml", "questions = [1]", "questions = []", "question_titles.1 is not among questions"),
    (
        "topic.toml",
        'en = "Estimating a mean" }',
        'en = "Estimating a mean", unit = "nowhere" }',
        "names unit 'nowhere', which",
    ),
    ("topic.toml", "requires = []", 'requires = ["nowhere"]', "requires names 'nowhere', which is no topic"),
    ("topic.toml", '["gan"]', '["gann"]', "related names 'gann', which is no topic; correct it"),
    ("topic.toml", '["gan"]', '["gan", "gan"]', "related names 'gan' twice; remove one"),
    ("topic.toml", '["gan"]', '["mean"]', "related names the topic itself; remove it"),
]
SCRIPTS: list[Mutation] = [
    ("example.py", "rng =", "\n" * 60 + "rng =", "mean/example.py: has 70 lines; cut it to 60"),
    ("example.py", "rng =", f"# {'x' * 3800}\nrng =", "characters; cut it to 3800"),
    ("example.py", "rng =", "rng = (", "mean/example.py: is not Python ("),
    ("example.py", '"""The mean of many samples comes close to the true one."""', "", "has no docstring"),
    ("example.py", "assert COUNT > 1 and", "print", "is not Python ("),
    ("example.py", "assert COUNT", "_ = COUNT", "asserts nothing; assert what it claims"),
    ("example.py", "import random", "import random, socket", "imports 'socket'; work without a network"),
    ("example.py", "import random", "import random\nfrom urllib.request import Request", "imports 'urllib'; work"),
    ("example.py", "import random", "import random, torch", "imports 'torch'; use the standard"),
    ("example.py", "rng =", "from sklearn.datasets import fetch_openml\nrng =", "uses 'fetch_openml', which downloads"),
    ("example.py", "  # samples drawn, 1..5000", "", "COUNT has no comment; say what it is, and its range"),
    ("example.py", ", 1..5000", "", "COUNT names no range; end its comment with ', LOW..HIGH'"),
    ("example.py", "1..5000", "1..100", "COUNT = 2000 is not a whole number in 1..100"),
    ("example.py", "rng =", 'KIND = "a"  # which\nrng =', "KIND names no choices; end its comment"),
    ("example.py", "SEED = 0  # random seed, 0..9999\n", "seed = 0\n", "uses chance but offers no SEED"),
    ("topic.toml", 'parameters.COUNT = "样本数"\n', "", "parameters has no COUNT, 'samples drawn'; say in"),
    ("topic.toml", '"样本数"', '"samples"', "examples.main.parameters.COUNT is not Chinese; say in Chinese"),
    ("topic.toml", '"样本数"\n', '"样本数"\nparameters.SIZE = "大小"\n', "parameters.SIZE is no parameter of exam"),
    ("topic.toml", '"COUNT=1"', '"SIZE=1"', "examples.main.counter: there is no parameter 'SIZE' here"),
    ("topic.toml", '"COUNT=1"', '"COUNT=many"', "examples.main.counter: COUNT cannot be 'many'"),
    ("topic.toml", '"COUNT=1"', '"COUNT=2000"', "examples.main.counter changes nothing; give it a value"),
]
ITEMS: list[Mutation] = [
    ("quiz.toml", '"排序后的中点"', '"总和除以个数"', "item 'what-it-is': options.zh holds the same option twice"),
    ("quiz.toml", '"sum over count"', '"sum over count, over all of the samples"', "options.en: the right one is much"),
    ("quiz.toml", '"2.0", "3.0"', '"3.0 ", "3.0"', "item 'prints-mean': options holds the same option twice"),
    ("quiz.toml", "values = [1, 2, 6]\n", "\n" * 16 + "values = [1, 2, 6]\n", "item 'prints-mean': code has 18 lines"),
    ("quiz.toml", "print(sum(values)", "print((sum(values)", "item 'prints-mean': code is not Python ("),
    ("quiz.toml", "answer_lines = [2]", "answer_lines = [1]", "differ in lines [2], answer_lines names [1]; make them"),
    ("quiz.toml", "answer_lines = [2]", "answer_lines = [2, 3]", "differ in lines [2], answer_lines names [2, 3]"),
    ("quiz.toml", "fixed = '''\n", "fixed = '''\n# one more\n", "broken has 3 lines, fixed has 4; give both the same"),
    ("quiz.toml", "points = [0, 2, 3]", "points = [0, 5]", "item 'say-it': points names [5]; topic.toml has"),
    ("quiz.toml", "points = [0, 2, 3]", "points = [0, 0]", "item 'say-it': points names a key point twice"),
]


LONG = "x = 1  # a comment that no phone held upright shows"
SOUND: list[Mutation] = [
    ("topic.toml", 'checked = "2026-11"\n', "", "mean/topic.toml: checked is missing; say when an expert last read"),
    ("topic.toml", '"2026-11"', '"2026-12"', "checked is 2026-12, which is still to come; give the month of the last"),
    ("topic.toml", ', "Some Body, A book of means, chapter 3"', "", "sources has 1 entries; give at least 2: papers"),
    ("topic.toml", "means, chapter 3", "means", "source 'Some Body, A book of means' cannot be found by what it says"),
    ("en.md", "A mean fears", "Press *Spoil it*: a mean fears", "en.md: names a control 'Spoil it' that the interface"),
    ("en.md", "A mean fears", "*Run me* in the first example: a mean fears", "names a control 'Run me' that the"),
    (
        "zh.md",
        "均值怕离群点",
        "在示例里点“弄坏它”，均值怕离群点",
        "zh.md: names a control '弄坏它' that the interface does",
    ),
    (
        "zh.md",
        "均值怕离群点",
        "在示例里点弄坏它，均值怕离群点",
        "zh.md: names a control '弄坏它' that the interface does not",
    ),
    ("topic.toml", "一个样本什么也", "示例的“破坏”说：一个样本什么也", "topic.toml: names a control '破坏' that the"),
    (
        "en.md",
        "Var(m) = s² / n",
        LONG,
        "section 'how' has a line of code 51 columns wide ('x = 1  # a comment that no pho",
    ),
    ("zh.md", "Var(m) = s² / n", "方差" * 12, "section 'how' has a line of code 48 columns wide ('方差方差方差"),
    (
        "quiz.toml",
        "values = [1, 2, 6]",
        LONG + "\nvalues = [1, 2, 6]",
        "item 'prints-mean': has a line of code 51 columns",
    ),
    ("quiz.toml", '"3", "9"]', f'"3", "{LONG}"]', "item 'prints-mean': has a line of code 51 columns wide"),
    ("quiz.toml", '"It counts every', '"The first option counts every', "why.en speaks of a position ('first option')"),
    (
        "quiz.toml",
        "它把每个值",
        "选项 C 把每个值",
        "item 'outlier': why.zh speaks of a position ('选项 C'); say what the option",
    ),
    ("quiz.toml", "它把每个值", "第一个错在这里。它把每个值", "item 'outlier': why.zh speaks of a position ('第一个')"),
    ("quiz.toml", '"half of it"', '"usually half"', "options.en: only the right one says 'usually'; say it in a wrong"),
    ("quiz.toml", '"减半"', '"通常减半"', "item 'standard-error': options.zh: only the right one says '通常'"),
    (
        "quiz.toml",
        '"2.0", "3.0", "3", "9"',
        '"3.5", "3.0", "9", "6"',
        "'prints-mean': the right option is the smallest number",
    ),
    (
        "quiz.toml",
        "Four times the samples: what of the standard error?",
        "A mean is what?",
        "asks the same as 'what",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), [*TEXTS, *ENTRIES, *ITEMS, *SOUND])
def test_one_mutation_is_one_problem(topic: Path, file: str, old: str, new: str, said: str) -> None:
    edit(topic / file, old, new)
    problems = found(topic.parent)
    assert len(problems) == 1, problems
    assert said in problems[0]


@pytest.mark.parametrize(("file", "old", "new", "said"), SCRIPTS)
def test_one_mutation_of_a_script_is_one_problem(topic: Path, file: str, old: str, new: str, said: str) -> None:
    edit(topic / file, old, new)
    accept_by_hand(topic)
    problems = [problem for problem in found(topic.parent) if "counter:" not in problem or "counter" in said]
    assert len(problems) == 1, problems
    assert said in problems[0]


def test_a_section_fits_one_message(topic: Path) -> None:
    edit(topic / "zh.md", "均值怕离群点", "均值怕离群点" * 200)
    edit(topic / "en.md", "A mean fears", "A mean fears" * 300)
    said = "mean/en.md: section 'pitfalls' has 3648 characters; cut it to 3600: it is one message"
    assert found(topic.parent) == [said]


def test_key_points_are_five_to_eight(topic: Path) -> None:
    point = '[[key_points]]\nzh = "它是均方误差的最小点。"\nen = "It minimises the squared error."\n'
    edit(topic / "topic.toml", point, "")
    assert found(topic.parent) == ["mean/topic.toml: key_points has 4 entries; give it 5 to 8"]
    edit(topic / "topic.toml", "[examples.main]", point * 5 + "[examples.main]")
    assert found(topic.parent) == ["mean/topic.toml: key_points has 9 entries; give it 5 to 8"]


def test_a_quiz_has_eight_items_of_all_kinds(topic: Path) -> None:
    first, _, rest = QUIZ.partition('[[item]]\nid = "standard-error"')
    (topic / "quiz.toml").write_text('[[item]]\nid = "standard-error"' + rest, encoding="utf-8")
    assert found(topic.parent) == [
        "mean/quiz.toml: has 7 items; write at least 8",
        "mean/quiz.toml: has 2 items of kind 'choice'; write at least 3",
    ]
    (topic / "quiz.toml").write_text(QUIZ + _more(first, 1), encoding="utf-8")
    assert found(topic.parent) == []


def test_the_longest_option_is_not_always_right(topic: Path) -> None:
    right = '{ zh = "总和除以个数", en = "the sum over its count" }'
    others = [
        '{ zh = "排序后的中点", en = "middle of the order" }',
        '{ zh = "最大与最小之差", en = "largest minus least" }',
    ]
    first = QUIZ.partition('[[item]]\nid = "standard-error"')[0].replace("sum over count", "the sum over its count")
    middle, last = (first.replace(right, "{}").replace(other, right).replace("{}", other) for other in others)
    items = [first, middle.replace("answer = 0", "answer = 1"), last.replace("answer = 0", "answer = 3")]
    (topic / "quiz.toml").write_text(QUIZ + "".join(map(_more, items, range(3))), encoding="utf-8")
    edit(topic / "quiz.toml", "sum over count", "the sum over its count")
    what = "the right option is the longest in 4 of 6 items (en); shorten some of them, or say more in a wrong one"
    assert found(topic.parent) == [f"mean/quiz.toml: {what}"]


def test_an_open_question_asks_for_what_it_is_graded_by(topic: Path) -> None:
    edit(topic / "quiz.toml", "说说均值：定义、离群点、和中位数比。", "说说均值：定义、和中位数比。")
    edit(topic / "quiz.toml", "Speak of the mean, of outliers, of the median.", "Speak of the mean, of the median.")
    what = "item 'say-it': its prompt does not ask for key point 2; name what is graded in the prompt, or leave it out"
    assert found(topic.parent) == [f"mean/quiz.toml: {what}"]
    sayings = "[[point]]\n[[point]]\n[[point]]\nsaid = ['the median does not care, this does']\n[[point]]\n[[point]]\n"
    (topic / "points.toml").write_text(sayings, encoding="utf-8")
    assert found(topic.parent) == []  # said in the words of those who make the point


def test_a_wording_makes_its_point_and_no_other(topic: Path) -> None:
    def of(*points: str) -> list[str]:
        (topic / "points.toml").write_text("".join(f"[[point]]\n{point}\n" for point in points), encoding="utf-8")
        return found(topic.parent)

    assert of("", "", "said = ['it fears outliers', '离群点会带偏它']", "wrong = ['means fear nothing']", "") == []
    (short,) = of("", "", "said = ['outliers']", "", "")
    assert short.startswith(
        "mean/points.toml: point 2: 'outliers' is too short to make the point; say the point itself"
    )
    assert len(of("", "", "said = ['怕离群']", "", "")) == 1
    (twice,) = of("", "", "said = ['it fears outliers']", "said = ['It fears outliers!']", "")
    assert twice.startswith("mean/points.toml: point 3: 'It fears outliers!' stands under point 2, too; leave it where")
    (both,) = of("", "", "said = ['it fears outliers']\nwrong = ['it fears outliers']", "", "")
    assert "point 2: 'it fears outliers' is under wrong here and under said at point 2; leave it in one" in both


def test_a_claim_and_its_reversal_are_about_a_point_and_on_one_side(topic: Path) -> None:
    def of(*lines: str) -> list[str]:
        (topic / "pairs.tsv").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return [line.removeprefix("mean/pairs.tsv: ") for line in found(topic.parent)]

    assert of("0\tadd up and divide\ttake the middle one", "2\t离群点会带偏它\t离群点带不偏它") == []
    (no_pair,) = of("0\tadd up and divide")
    assert no_pair.startswith("line 1 is no pair; write the number of the key point, the right claim and the wrong one")
    assert of("9\tadd up\ttake one") == ["line 1 is about point 9; name one of 0 to 4"]
    (both,) = of("0\tadd up\ttake one", "0\ttake one!\tadd none")
    assert both.startswith("line 2: 'take one!' is right here and wrong in line 1; leave it on one side")
    assert of("0\tadd up\ttake one", "0\tAdd up\ttake two")[0].startswith("line 1 says what a later line says")


def test_right_options_do_not_all_stand_in_one_place(topic: Path) -> None:
    first = QUIZ.partition('[[item]]\nid = "standard-error"')[0]
    more = "".join(_more(first, n) for n in range(3))
    (topic / "quiz.toml").write_text(QUIZ + more, encoding="utf-8")
    assert found(topic.parent) == [
        "mean/quiz.toml: 4 of 6 choice items have answer = 0; spread the right options over 0 to 3"
    ]


def _more(item: str, n: int) -> str:
    """Return an item like the given one that asks something else."""
    asks = ("Whose numerator is a total?", "Which grandmother cooks by hand?", "Name one centre!")[n]
    return item.replace("what-it-is", f"more-{n}").replace("What is a mean?", asks)


def test_a_transcript_is_there_and_belongs_to_the_script(topic: Path) -> None:
    edit(topic / "example.py", "the true one", "the real one")
    assert found(topic.parent) == ["mean/output.txt: belongs to an older example.py; run `epoch check mean --accept`"]
    (topic / "output.txt").unlink()
    assert found(topic.parent) == ["mean/output.txt: is missing; run `epoch check mean --accept`"]


def test_what_the_loader_finds_is_reported_too(topic: Path) -> None:
    (topic / "notes.txt").write_text("", encoding="utf-8")
    assert found(topic.parent) == ["mean/notes.txt: does not belong here; remove it"]
    edit(topic / "zh.md", "## 原理", "## 别的")
    assert len(found(topic.parent)) == 2


def second(topic: Path, slug: str = "median") -> Path:
    """Write another sound topic that shares nothing with the first."""
    folder = write_topic(topic.parent, slug)
    file = folder / "topic.toml"
    before, asks, after = re.split(r"(?s)(\[asks\].*?\n\n)", file.read_text(encoding="utf-8"))
    file.write_text(before + re.sub(r'"(.+?)"', rf'"{slug} \1"', asks) + after, encoding="utf-8", newline="\n")
    edit(file, '["mean", "平均值"]', f'["{slug}-x"]')
    edit(file, 'zh = "均值"\nen = "Sample mean"', f'zh = "{slug}中"\nen = "A {slug}"')
    edit(file, "questions = [1]", "questions = []")
    edit(file, '1 = { zh = "怎样估计均值", en = "Estimating a mean" }', "")
    (folder / "quiz.toml").write_text(_other_quiz(slug), encoding="utf-8", newline="\n")
    accept_by_hand(folder)
    return folder


def _other_quiz(slug: str) -> str:
    """Return a quiz that asks nothing of what the first one asks."""
    turn = sum(map(ord, slug)) % 25 + 1
    letters = {ord("a") + n: ord("a") + (n + turn) % 26 for n in range(26)}
    prompt, code = r'(?<=", en = ")[^"]*(?=" }\n(?:options|code|broken|points))', r"(?s)'''\n(.+?)'''"
    items = []
    for n, item in enumerate(re.sub(prompt, lambda found: found[0].translate(letters), QUIZ).split("[[item]]")):
        line = "# " + "".join(chr(97 + (ord(letter) * 7 + n * 5) % 26) for letter in slug * 6)[:40]
        items.append(re.sub(code, lambda found, line=line: f"'''\n{found[1]}{line}\n{line}\n'''", item))
    return "[[item]]".join(items)


@pytest.mark.parametrize("twice", ["what-it-is", "prints-mean"])
def test_no_fact_is_tested_in_two_topics(topic: Path, twice: str) -> None:
    other = second(topic)
    quiz = (other / "quiz.toml").read_text(encoding="utf-8").split("[[item]]")
    own = {item.split('"')[1]: item for item in QUIZ.split("[[item]]") if item}
    again = own[twice].replace("What is a mean?", "What is the mean?")
    quiz = [again if f'id = "{twice}"' in item else item for item in quiz]
    (other / "quiz.toml").write_text("[[item]]".join(quiz), encoding="utf-8")
    said = f"item '{twice}': asks the same as '{twice}' of"
    assert found(topic.parent) == [f"median/quiz.toml: {said} 'mean'; ask something else in one of them"]
    assert found(topic.parent, "mean") == [f"mean/quiz.toml: {said} 'median'; ask something else in one of them"]
    assert len(found(topic.parent, "median")) == 1


def test_two_sound_topics_have_no_problem(topic: Path) -> None:
    second(topic)
    assert found(topic.parent) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"median-x"', '"平均 值"', "alias '平均 值' stands here and in 'mean'"),
        ('"median-x"', '"Sample-Mean"', "alias 'Sample-Mean' stands here and in 'mean'"),
        ('en = "A median"', 'en = "MEAN"', "title 'MEAN' stands here and in 'mean'"),
        ('"median how to average"', '"How to average?"', "ask 'How to average?' stands here and in 'mean'"),
        (
            "questions = []",
            "questions = [1]\nquestion_titles = { 1 = { zh = '甲', en = 'a' } }",
            "question 1 stands here and in 'mean'",
        ),
    ],
)
def test_nothing_stands_in_two_topics(topic: Path, old: str, new: str, said: str) -> None:
    other = second(topic)
    if "question_titles" in new:
        edit(other / "topic.toml", "[question_titles]\n", "")
    edit(other / "topic.toml", old, new)
    for slugs in ((), ("median",)):
        problems = found(topic.parent, *slugs)
        assert len(problems) == 1, problems
        assert problems[0].startswith(f"median/topic.toml: {said}")
    assert found(topic.parent, "mean")[0].startswith("mean/topic.toml: ")


def test_requirements_go_in_no_circle(topic: Path) -> None:
    other = second(topic)
    third = second(topic, "mode")
    edit(topic / "topic.toml", "requires = []", 'requires = ["median"]')
    edit(other / "topic.toml", "requires = []", 'requires = ["mode"]')
    assert found(topic.parent) == []
    edit(third / "topic.toml", "requires = []", 'requires = ["mean"]')
    circle = "requires goes in a circle: mean → median → mode → mean; remove one of these"
    assert found(topic.parent) == [f"mean/topic.toml: {circle}"]
    assert found(topic.parent, "mode") == [f"mode/topic.toml: {circle}"]
    edit(third / "topic.toml", '["mean"]', '["mean", "median"]')
    assert len(found(topic.parent)) == 2


def test_a_former_name_leads_to_one_thing_and_is_none_of_today(topic: Path) -> None:
    other = second(topic)
    edit(topic / "topic.toml", "requires = []", 'requires = []\nformerly = ["average"]')
    edit(topic / "quiz.toml", 'id = "', 'formerly = ["old", "gone/older"]\nid = "')
    assert found(topic.parent) == []
    edit(other / "topic.toml", "requires = []", 'requires = []\nformerly = ["mean", "average"]')
    edit(other / "quiz.toml", 'id = "', 'formerly = ["average/old", "Old"]\nid = "')
    said = found(topic.parent)
    assert len(said) == 1
    assert said[0].startswith("median/quiz.toml")
    edit(other / "quiz.toml", ', "Old"]', "]")
    today = "which is a name of today; remove it: a name leads to what has it now"
    assert set(found(topic.parent)) >= {
        f"median/topic.toml: formerly names 'mean', {today}",
        "median/topic.toml: formerly names 'average', as does 'mean'; keep it where the larger part went",
    }
    assert any("formerly names 'average/old', as does 'mean/" in line for line in found(topic.parent))
    assert not [line for line in found(topic.parent, "mean") if "formerly" in line]


def test_only_planned_topics_may_be_named_before_they_exist(topic: Path) -> None:
    edit(topic / "topic.toml", "requires = []", 'requires = ["backpropagation"]')
    assert found(topic.parent) == []
    assert len(relations.PLANNED) == 26


def test_a_name_that_is_no_topic_is_a_problem_and_others_are_left_alone(topic: Path) -> None:
    edit(topic / "zh.md", "均值怕离群点，", "均值怕离群点,")
    second(topic)
    assert found(topic.parent, "median") == []
    assert found(topic.parent, "gann")[0].startswith("gann: is no topic of this bank; give the name of one")


def test_a_skeleton_is_reported_line_by_line(tmp_path: Path) -> None:
    folder = new("my-topic", tmp_path / "topics")
    problems = found(tmp_path / "topics")
    todo = sum(line.count("TODO") > 0 for file in folder.iterdir() for line in file.read_text("utf-8").splitlines())
    assert sum("says 'TODO" in problem for problem in problems) == todo > 30
    assert any("quiz.toml: has 4 items" in problem for problem in problems)


def test_the_banks_own_topics_have_no_problem() -> None:
    report = asyncio.run(check(run=False))
    assert [str(problem) for problem in report.problems] == []
    assert report.topics == sum(each.is_dir() for each in topics_root().iterdir())


def test_what_to_do_about_another_bank_is_done_there(topic: Path) -> None:
    """The command advised would else accept, or check, the package's own topic of that name."""
    edit(topic / "example.py", "the true one", "the real one")
    (problem,) = asyncio.run(check(topic.parent, run=False)).problems
    assert of_bank(problem, Path("my drafts")).fix == "run `epoch check mean --root 'my drafts' --accept`"


@pytest.mark.parametrize("code", ["x = " + "(" * 5000 + ")" * 5000, "x = " + "-" * 50_000 + "1"])
def test_an_example_nested_too_deeply_is_a_problem_and_no_crash(topic: Path, code: str) -> None:
    (topic / "example.py").write_text(code)
    assert any("is not Python" in problem for problem in found(topic.parent))
