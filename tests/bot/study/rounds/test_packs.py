from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.study.rounds.errors import PackError
from bot.study.rounds.matching import matches
from bot.study.rounds.packs import check_pack, pack_name, read_pack

GOOD = """\
AUTHOR: someone
CONFIG:
  max_score: 20
"Which function squashes to (0, 1)?":
- sigmoid
- logistic
How many axes has an RGB image?:
  - 3
  - three
Is ReLU differentiable at 0?: [no]
谁提出了反向传播的现代形式？:
  - Rumelhart
  - "鲁梅尔哈特"
"""


def written(tmp_path: Path, text: str | bytes, name: str = "ml-basics.yaml") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_pack_of_reds_is_read(tmp_path: Path) -> None:
    pack = read_pack(written(tmp_path, GOOD, "ML Basics.yaml"))
    assert (pack.name, pack.author) == ("ml-basics", "someone")
    assert dict(pack.questions) == {
        "Which function squashes to (0, 1)?": ("sigmoid", "logistic"),
        "How many axes has an RGB image?": ("3", "three"),
        "Is ReLU differentiable at 0?": ("no", "false", "off"),
        "谁提出了反向传播的现代形式？": ("Rumelhart", "鲁梅尔哈特"),
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no questions"),
        ("AUTHOR: me", "holds no questions"),
        ("- a\n- b", "holds no questions"),
        ("a: [b]\nq?: x", "line 2: 'q?' has no list of answers"),
        ("q?:", "line 1: 'q?' has no list of answers"),
        ("q?: []", "line 1: 'q?' has no list of answers"),
        ("q?:\n- a\n- [b]", "line 3: an answer to 'q?' is no text"),
        ("q?:\n-\n- ''", "line 1: every answer to 'q?' is empty"),
        ('q?:\n- a\n- "\\u200b"', "line 1: the answer"),
        ("q?: [a]\nz: [b]\nq?: [c]", "line 3: 'q?' is there twice with different answers"),
        ("q?: [" + "x" * 1001 + ", a]", "cut it to 1000"),
        ("Q?: " + "[" * 1500 + "]" * 1500, "too deep"),
        ("? [a]\n: [b]", "line 1: this is no question"),
        ("q?: [a", "line 1"),
        ("a: b: c", "line 1"),
        ("q?: [" + "x" * 201 + "]", "cut it to 200"),
        ("x" * 1001 + ": [a]", "line 1"),
        ("q?: [" + ", ".join(map(str, range(51))) + "]", "keep at most 50"),
        (b"\xff\xfeq", "not UTF-8"),
        (b"a" * 1_000_001, "split it"),
        ("\n".join(f"q{n}: [a]" for n in range(5_001)), "5001 questions"),
        ("q?: !!python/object/apply:os.system [x]\n", None),
    ],
)
def test_a_pack_that_cannot_be_used_is_told_in_one_line(tmp_path: Path, text: str | bytes, says: str | None) -> None:
    path = written(tmp_path, text)
    if says is None:
        assert read_pack(path).questions == (("q?", ("x",)),), "a tag is no order"
        return
    with pytest.raises(PackError) as error:
        read_pack(path)
    assert says in str(error.value)
    assert str(error.value).startswith("ml-basics.yaml")
    assert "\n" not in str(error.value)
    assert "; " in str(error.value), "it says what to do"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="No such file"):
        read_pack(tmp_path / "none.yaml")
    with pytest.raises(PackError, match="its name is the pack's"):
        read_pack(written(tmp_path, GOOD, "数学.yaml"))


def test_what_red_allows_beside_good_answers_is_read(tmp_path: Path) -> None:
    text = """\
$schema: https://example.org/trivia.schema.json
AUTHOR: test
DESCRIPTION: what a pack says of itself
Which optimiser adds momentum and RMSProp?:
- Adam
- ""
-
- ~
- Adam
Which layer drops units at random?: [dropout]
Which optimiser adds momentum and  RMSProp?: [Adam]
How many?: ["Four: %s", 4, four]
Which operator multiplies matrices?: ["@"]
Does it converge?: [on]
When?: [2017-06-12, 1e-3, 0x10, null]
""" % ("a sentence that is shown " * 20)
    questions = dict(read_pack(written(tmp_path, text)).questions)
    assert questions["Which optimiser adds momentum and RMSProp?"] == ("Adam",)
    assert questions["Which layer drops units at random?"] == ("dropout",)
    assert questions["How many?"][1:] == ("4", "four")
    assert questions["Which operator multiplies matrices?"] == ("@",)
    assert questions["Does it converge?"] == ("on", "true", "yes")
    assert questions["When?"] == ("2017-06-12", "1e-3", "0x10")
    assert len(questions) == 6


def test_every_answer_that_is_taken_can_be_given(tmp_path: Path) -> None:
    answers = ["@", "//", "x > 0", "1/4", "−1", "±", "…", "。", "!", "?", "[]", "''", "the", "的", "😀", "C++"]
    text = "\n".join(f"q{number}?: [{json.dumps(answer, ensure_ascii=False)}]" for number, answer in enumerate(answers))
    for _, right in read_pack(written(tmp_path, text)).questions:
        assert matches(right[0], right), right


def test_all_that_is_wrong_is_told_at_once_by_its_line() -> None:
    text = 'Good?: [yes]\nNo list?: yes\n"": [a]\nEmpty?: ["", ~]\nGood?: [no]\n'
    pack, problems = check_pack("ml.yaml", "ml", text.encode())
    assert pack is None
    assert [problem.split(": ")[0] for problem in problems] == [f"ml.yaml, line {n}" for n in (2, 3, 4, 5)]
    good, none = check_pack("ml.yaml", "ml", b"Good?: [right]\n")
    assert none == ()
    assert good is not None
    assert good.questions == (("Good?", ("right",)),)


@pytest.mark.parametrize(
    ("file", "name"), [("ML Basics.yaml", "ml-basics"), ("..", None), ("a" * 61, None), ("题", None)]
)
def test_a_file_names_its_pack(file: str, name: str | None) -> None:
    assert pack_name(file) == name
