"""Rules about drills that need no run: each broken by one edit, and told by one problem."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.wording.translation import of_check
from knowledge.bank.models import Problem
from knowledge.check import check
from tests.bot.cli.test_languages import HAN
from tests.knowledge.drill import write_drill
from tests.knowledge.tiny import accept_by_hand, edit, write_topic

TOML, START, SOLUTION, JUDGE = "drill.toml", "start.py", "solution.py", "judge.py"

RULES = [
    (TOML, 'zh = "数值稳定的 softmax"', 'zh = "Softmax"', "title.zh is not in Chinese"),
    (TOML, 'en = "A stable softmax"', 'en = "稳定的 softmax"', "title.en is not in English"),
    (TOML, 'zh = "形状不变"', 'zh = "Shape"', "checks.shape.zh is not in Chinese"),
    (TOML, 'en = "The shape stays"', f'en = "{"The shape stays " * 5}"', "checks.shape.en is 80 columns wide"),
    (TOML, 'en = "Write softmax', f'en = "{"Mind it. " * 120}Write softmax', "statement.en has 1145 characters"),
    (TOML, 'en = "Write softmax', 'en = "```\\n' + "x" * 50 + '\\n```\\nWrite softmax',
     "statement.en has a line of code 50 columns wide"),
    (TOML, 'en = "Write softmax', 'en = "$x_{1}$ Write softmax', "statement.en has LaTeX"),
    (TOML, 'en = "Write softmax', 'en = "# Task\\nWrite softmax', "statement.en has the heading"),
    (TOML, 'en = "You normalise over axis 0."',
     'en = "你在第 0 维上归一化。"', "mistakes.wrong-axis.en is not in English"),
    (TOML, "An exponential overflows soon: what comes first?", "`weights = np.exp(shifted)`",
     "hints[0].en holds a line of the solution"),
    (TOML, 'aliases = ["手撕 softmax",',
     'aliases = ["手撕 softmax", "手撕 softmax",', "its name '手撕 softmax' stands twice"),
    (TOML, 'function = "softmax"', 'function = "soft_max"', "does not define 'soft_max'"),
    (START, "(logits: np.ndarray)", "(logits: np.ndarray, axis: int = -1)", "its function takes (logits)"),
    (SOLUTION, "def softmax(logits):", "def softmax(logits, axis=-1):", "its function takes (logits, axis=-1)"),
    (SOLUTION, "import numpy as np", "import scipy\nimport numpy as np", "imports 'scipy'"),
    (SOLUTION, "import numpy as np", "import numpy as np  # " + "x" * 4000, "has 4191 characters"),
    (SOLUTION, "def softmax(logits):", "def softmax(logits:", "is not Python"),
    ("mistakes/no-shift.py", "def softmax", "def soft_max", "does not define 'softmax'"),
    ("mistakes/no-shift.py", "(logits)", "(x)", "its function takes (x), in start.py it takes (logits)"),
    (JUDGE, "import numpy as np", "import numpy as np\nimport torch", "imports 'torch'"),
    (JUDGE, "def probes", "def cases", "does not define 'probes'"),
    (JUDGE, "def reference", "def right", "does not define 'reference'"),
    (JUDGE, "def holds_shape", "def holds_shapes", "holds_shapes belongs to no check"),
    (SOLUTION, "import numpy as np", "import numpy as np  # TODO", "line 1 says 'TODO'"),
]  # fmt: skip


@pytest.fixture
def topic(tmp_path: Path) -> Path:
    folder = write_topic(tmp_path / "topics")
    accept_by_hand(folder)
    return folder


def found(topic: Path) -> tuple[Problem, ...]:
    return asyncio.run(check(topic.parent, run=False)).problems


def test_a_sound_drill_breaks_no_rule(topic: Path) -> None:
    write_drill(topic, torch=True)
    assert [str(each) for each in found(topic)] == []


@pytest.mark.parametrize(("file", "old", "new", "said"), RULES)
def test_each_rule_tells_what_breaks_it(topic: Path, file: str, old: str, new: str, said: str) -> None:
    folder = write_drill(topic)
    edit(folder / file, old, new)
    problems = found(topic)
    assert any(each.problem.startswith(said) for each in problems), [str(each) for each in problems]
    for each in problems:
        assert each.path.startswith("mean/drills/softmax/")
        assert HAN.search(of_check("problem", each.problem)), each.problem
        assert HAN.search(of_check("fix", each.fix)), each.fix


def test_a_start_needs_a_docstring(topic: Path) -> None:
    folder = write_drill(topic)
    source = (folder / START).read_text(encoding="utf-8")
    before, _, rest = source.partition('    """')
    (folder / START).write_text(before + rest.partition('"""\n')[2], encoding="utf-8")
    assert [each.problem for each in found(topic)] == ["its function has no docstring"]


def test_a_drill_and_a_quiz_item_have_different_ids(topic: Path) -> None:
    write_drill(topic, "prints-mean")
    assert found(topic) == ()
    edit(topic / "quiz.toml", 'id = "prints-mean"', 'id = "drill-prints-mean"')
    assert [each.problem for each in found(topic)] == ["its id 'drill-prints-mean' is that of a quiz item"]


def test_two_drills_share_no_name(topic: Path) -> None:
    write_drill(topic)
    other = write_drill(topic, "soft-max")
    edit(other / TOML, 'aliases = ["手撕 softmax", "softmax from scratch"]', 'aliases = ["Softmax from Scratch"]')
    edit(other / TOML, "数值稳定的 softmax", "又一个 softmax")
    edit(other / TOML, "A stable softmax", "Another softmax")
    said = [(each.path, each.problem) for each in found(topic)]
    assert ("mean/drills/softmax/drill.toml", "its name 'softmax from scratch' stands in 'mean/soft-max', too") in said
    assert ("mean/drills/soft-max/drill.toml", "its name 'Softmax from Scratch' stands in 'mean/softmax', too") in said
