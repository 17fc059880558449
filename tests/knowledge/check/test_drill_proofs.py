"""What is proven of a drill by running can fail: one edit, one problem, behind the machine's real wall."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.wording.translation import of_check
from knowledge.bank.drills import Drill
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Problem
from knowledge.check import drill_proofs, passed
from knowledge.check.running import Result, run
from runners.local import LocalRunner
from runners.models import Finished
from tests.bot.cli.test_languages import HAN
from tests.knowledge.drill import NO_SHIFT, write_drill
from tests.knowledge.tiny import edit, write_topic


@pytest.fixture
async def runner(needs_wall: None) -> AsyncIterator[LocalRunner]:
    """The machine's own runner; nothing here can be proven without a wall."""
    local = LocalRunner(wall="auto")
    yield local
    await local.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_drill(write_topic(tmp_path / "topics"))


def loaded(folder: Path) -> Drill:
    bank = load_bank(folder.parents[2])
    assert not bank.problems
    return bank["mean"].drills[0]


async def tried(folder: Path, runner: LocalRunner) -> tuple[Drill, Result]:
    drill = loaded(folder)
    return drill, await run(runner, drill_proofs.job(drill, "numpy", 3))


async def found(folder: Path, runner: LocalRunner) -> list[Problem]:
    drill, result = await tried(folder, runner)
    problems = list(drill_proofs.judged(drill, "numpy", result))
    for each in problems:
        assert HAN.search(of_check("problem", each.problem)), each.problem
        assert HAN.search(of_check("fix", each.fix)), each.fix
    return problems


def said(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(each.path.removeprefix("mean/drills/softmax/"), each.problem) for each in problems]


async def test_a_sound_drill_is_proven(folder: Path, runner: LocalRunner) -> None:
    drill, result = await tried(folder, runner)
    assert list(drill_proofs.judged(drill, "numpy", result)) == []
    shown = drill_proofs.proven(drill, result)
    assert shown.made > 20
    assert (shown.killed, shown.share, shown.survivors, shown.signed) == (shown.made, 1.0, (), ())


async def test_a_sound_drill_is_proven_with_pytorch(tmp_path: Path, runner: LocalRunner) -> None:
    pytest.importorskip("torch")
    folder = write_drill(write_topic(tmp_path / "topics"), torch=True)
    drill = loaded(folder)
    result = await run(runner, drill_proofs.job(drill, "torch", 3))
    assert [each.problem for each in drill_proofs.judged(drill, "torch", result)] == []
    edit(folder / "solution_torch.py", "dim=-1, keepdim=True).values", "dim=-1, keepdim=True).values + torch.inf")
    drill = loaded(folder)
    result = await run(runner, drill_proofs.job(drill, "torch", 3))
    (only,) = drill_proofs.judged(drill, "torch", result)
    assert (only.path, only.problem[:14]) == ("mean/drills/softmax/solution_torch.py", "does not pass:")


async def test_a_wrong_solution_is_told_with_what_it_gave(folder: Path, runner: LocalRunner) -> None:
    edit(folder / "solution.py", "return weights /", "return 2 * weights /")
    (only,) = said(await found(folder, runner))
    assert only[0] == "solution.py"
    assert only[1].startswith("does not pass: values, seed 1: gives [[")


async def test_a_start_that_passes_is_told(folder: Path, runner: LocalRunner) -> None:
    edit(folder / "start.py", "raise NotImplementedError", "return softmax_(logits)")
    source = (folder / "solution.py").read_text(encoding="utf-8").replace("def softmax", "def softmax_")
    with (folder / "start.py").open("a", encoding="utf-8") as start:
        start.write(source)
    assert said(await found(folder, runner)) == [("start.py", "passes every check")]


async def test_mistakes_must_fail_and_be_told_apart(folder: Path, runner: LocalRunner) -> None:
    (folder / "mistakes" / "wrong-axis.py").write_text(NO_SHIFT, encoding="utf-8")
    same = "gives the same as '{}' on every probe"
    assert said(await found(folder, runner)) == [
        ("mistakes/wrong-axis.py", same.format("no-shift")),
        ("mistakes/no-shift.py", same.format("wrong-axis")),
    ]
    source = (folder / "solution.py").read_text(encoding="utf-8")
    (folder / "mistakes" / "wrong-axis.py").write_text(source, encoding="utf-8")
    assert said(await found(folder, runner)) == [("mistakes/wrong-axis.py", "passes every check")]


async def test_weak_probes_are_told_with_every_change_that_passes(folder: Path, runner: LocalRunner) -> None:
    edit(folder / "judge.py", "(rng.normal(size=(2, 3)),), (rng.normal(size=(5, 4)) * 5,)", "(np.zeros((2, 2)),)")
    edit(folder / "judge.py", "[[1000.0, 0.0, 900.0], [-1000.0, -2000.0, -1000.5]]", "[[1000.0, 1000.0]] * 2")
    problems = said(await found(folder, runner))
    (path, first), *rest = [each for each in problems if each[0] == "solution.py"]
    assert first.endswith("changed solutions are noticed")
    assert rest
    assert all(" passes as '" in each for _, each in rest)


async def test_a_change_must_be_noticed_at_every_seed_and_what_is_noticed_at_one_is_not_signed_off(
    folder: Path, runner: LocalRunner
) -> None:
    edit(
        folder / "judge.py", "    return {", "    seen = rng.random() < 0.3  # at seeds 2 and 3, not at 1\n    return {"
    )
    edit(folder / "judge.py", "(rng.normal(size=(2, 3)),), (rng.normal(size=(5, 4)) * 5,)",
         "(rng.normal(size=(4, 3)) if seen else np.zeros((2, 2)),)")  # fmt: skip
    edit(folder / "judge.py", "[[1000.0, 0.0, 900.0], [-1000.0, -2000.0, -1000.5]]", "[[1000.0, 1000.0]] * 2")
    becomes = "return weights / weights.sum(axis=0, keepdims=True)"
    drill, result = await tried(folder, runner)
    (weak,) = [each for each in drill_proofs.proven(drill, result).survivors if each.becomes == becomes]
    with (folder / "drill.toml").open("a", encoding="utf-8") as toml:
        toml.write(f"\n[[equivalent]]\nline = '{weak.line}'\nbecomes = '{weak.becomes}'\nreason = 'None.'\n")
    drill, result = await tried(folder, runner)
    shown = drill_proofs.proven(drill, result)
    assert weak in shown.survivors
    assert (weak.line, weak.becomes, True) in shown.stale


async def test_what_changes_nothing_is_signed_off_and_nothing_else(folder: Path, runner: LocalRunner) -> None:
    edit(folder / "solution.py", "weights = np.exp(shifted)", "weights = np.exp(shifted * np.ones(1))")
    _, result = await tried(folder, runner)
    survivors = drill_proofs.proven(loaded(folder), result).survivors
    assert {each.becomes for each in survivors} == {
        "weights = np.exp(shifted)", "weights = np.exp(shifted / np.ones(1))",
    }  # fmt: skip
    entry = "\n[[equivalent]]\nline = '{}'\nbecomes = '{}'\nreason = 'It multiplies by one.'\n"
    with (folder / "drill.toml").open("a", encoding="utf-8") as toml:
        for each in survivors:
            toml.write(entry.format(each.line, each.becomes))
    drill, result = await tried(folder, runner)
    shown = drill_proofs.proven(drill, result)
    assert (set(shown.signed), shown.survivors, shown.share) == (set(survivors), (), 1.0)
    with (folder / "drill.toml").open("a", encoding="utf-8") as toml:
        toml.write(entry.format(survivors[0].line, "pass"))
        toml.write(entry.format("return weights / weights.sum(axis=-1, keepdims=True)", "return weights"))
    assert [each for _, each in said(await found(folder, runner))] == [
        "signs off 'return weights / weights.sum(axis=-1, keepdims=True)' as 'return weights', which is noticed",
        f"signs off '{survivors[0].line}' as 'pass', which is no change that is tried",
    ]


async def test_an_answer_that_loops_takes_memory_or_dies_is_noticed_alone(folder: Path, runner: LocalRunner) -> None:
    edit(folder / "solution.py", "    shifted =", "    n = 0\n    while n < 3:\n        n += 1\n    shifted =")
    drill, result = await tried(folder, runner)
    shown = drill_proofs.proven(drill, result)
    # What counts down, or never counts, loops for ever, and so do no others.
    assert {each.becomes for each in shown.survivors} <= {
        "n = 1", "n = -1", "while n <= 3:", "while n < 4:", "while n < 2:", "while n < -3:", "while n >= 3:", "n += 2",
        "while n > 3:", "while False:", "while not n < 3:", "n = 3", "while 3:", "n = n", "while n:", "n = 1.0",
    }  # fmt: skip
    assert shown.killed > 20
    (folder / "mistakes" / "no-shift.py").write_text("import os\n\ndef softmax(logits):\n    os._exit(0)\n")
    (only,) = said(await found(folder, runner))[:1]
    assert only[0] == "judge.py"
    assert "mistakes/no-shift.py ends otherwise (died)" in only[1]


@pytest.mark.parametrize(
    ("old", "new", "said_"),
    [
        ('"shape": [', '"shapes": [', "cannot be proven: probes(rng) gives"),
        (
            "def reference(logits):",
            "def reference(logits):\n    raise ValueError('no')\n",
            "cannot be proven: reference",
        ),
        ("import numpy as np", "import numpy as np\nraise ValueError('no')", "cannot be proven: judge.py does not run"),
    ],
)
async def test_a_judge_that_is_none_is_told(folder: Path, runner: LocalRunner, old: str, new: str, said_: str) -> None:
    edit(folder / "judge.py", old, new)
    (only,) = said(await found(folder, runner))
    assert only[0] == "judge.py"
    assert only[1].startswith(said_)


def test_a_run_that_did_not_end_is_told(folder: Path) -> None:
    ended = Result("", "", finished=Finished("timeout", "cpu", None, 9.0, 9.0, 100.0, None))
    (only,) = drill_proofs.judged(loaded(folder), "numpy", ended)
    assert only.problem == "cannot be proven: it was stopped (timeout)"


def test_a_topic_passes_no_more_when_its_drill_has_changed(folder: Path) -> None:
    def digest() -> str:
        return passed.digest(load_bank(folder.parents[2])["mean"])

    before = digest()
    assert digest() == before
    edit(folder / "judge.py", "* 5", "* 6")
    assert digest() != before
