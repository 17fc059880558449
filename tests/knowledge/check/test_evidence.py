"""Claims of rank: each rule on what shows them can fail, and a run anew is held against the accepted one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from knowledge.bank.loader import load_evidence
from knowledge.check import check
from runners.local import LocalRunner
from tests.knowledge.bank.test_units import write_units
from tests.knowledge.tiny import edit

TOML = """\
[[claim]]
name = "outlier"
unit = "median"
says = "The median of ten numbers with one outlier is nearer to the truth than their mean."
aim = "lower"
better = "median"
worse = ["mean", "first"]
dumbest = "first"
wins = 9
tried = { median = "nothing to set", mean = "trimmed by 0, 1", first = "nothing to set" }
quoted = [{ text = "0.55", rival = "median" }, { text = "9 of ten", rival = "first", of = "wins" }]
"""
SCRIPT = """\
print("measured:")
print("median:", *(round(0.1 * n + 0.1, 2) for n in range(10)))
print("mean:", *(n + 1 for n in range(10)))
print("first:", *(7 - 0.75 * n for n in range(10)))
"""
PRINTED = """\
measured:
median: 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0
mean: 1 2 3 4 5 6 7 8 9 10
first: 7 6.25 5.5 4.75 4 3.25 2.5 1.75 1 0.25
"""


@pytest.fixture
def topic(tmp_path: Path) -> Path:
    """A sound topic, one of whose units makes a claim of rank that was measured."""
    folder = write_units(tmp_path / "topics")
    edit(folder / "zh.md", "分布有长尾或离群点的时候。", "分布有长尾或离群点的时候：误差 0.55，9 of ten。")
    edit(folder / "en.md", "a long tail or outliers.", "a long tail or outliers: error 0.55, 9 of ten.")
    (folder / "evidence.toml").write_text(TOML, encoding="utf-8")
    (folder / "evidence_outlier.py").write_text(SCRIPT, encoding="utf-8", newline="\n")
    accepted(folder, PRINTED)
    return folder


def accepted(folder: Path, printed: str) -> None:
    """Write the transcript that a run of the script would leave."""
    (evidence,), _ = load_evidence(folder)
    text = f"# sha256: {evidence.sha256}\n{printed}"
    (folder / "evidence_outlier.txt").write_text(text, encoding="utf-8", newline="\n")


def found(folder: Path) -> list[str]:
    report = asyncio.run(check(folder.parent, run=False, today=date(2026, 11, 29)))
    return [str(problem) for problem in report.problems]


def test_a_claim_that_was_measured_has_no_problem(topic: Path) -> None:
    assert found(topic) == []


BROKEN = [
    ('unit = "median"', 'unit = "mode"', "claim 'outlier': unit 'mode' is not in the page; name the unit that makes"),
    ('better = "median"', 'better = "mode"', "tried names median, mean, first, the rivals are first, mean, mode; make"),
    ('dumbest = "first"', 'dumbest = "median"', "claim 'outlier': the dumbest rival 'median' is none of worse; make"),
    ('worse = ["mean",', 'worse = ["mean", "median",', "claim 'outlier': 'median' is better and worse; make them"),
    ('rival = "median" }', 'rival = "mode" }', "claim 'outlier': quoted names mode, which are no rivals; make them"),
    ('aim = "lower"', 'aim = "least"', "evidence.toml: claim[0].aim is 'least'; use 'higher' or 'lower'"),
    ('aim = "lower"', 'aim = "higher"', "the gain of 'median' over 'mean' is [-6.9, -3], which may be none; mend the"),
    ("wins = 9", "wins = 10", "claim 'outlier': 'median' beats 'first' on 9 of 10 seeds; mend the claim in the page"),
    ('"0.55"', '"0.45"', "claim 'outlier': the page says '0.45', the mean of 'median' is 0.55; correct the figure in"),
    (
        '"9 of ten"',
        '"9 of 10"',
        "claim 'outlier': '9 of 10' is not in unit 'median' of zh.md; say it in both languages",
    ),
    ('"0.55"', '"many"', "claim 'outlier': quoted 'many' holds no number; quote the figure as the unit has it"),
]


@pytest.mark.parametrize(("old", "new", "said"), BROKEN)
def test_each_rule_of_claims_can_fail(topic: Path, old: str, new: str, said: str) -> None:
    edit(topic / "evidence.toml", old, new)
    assert said in "\n".join(found(topic))


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (PRINTED.replace("0.8 0.9 1.0", ""), "claim 'outlier': measured on 7 seeds; take at least 10"),
        (PRINTED.replace("first", "last"), "claim 'outlier': first were not measured; print 'rival: value value …'"),
    ],
)
def test_each_rule_of_what_was_measured_can_fail(topic: Path, printed: str, said: str) -> None:
    accepted(topic, printed)
    assert any(said in problem for problem in found(topic)), found(topic)


def test_a_claim_belongs_to_its_script_and_its_run(topic: Path) -> None:
    edit(topic / "evidence_outlier.py", "measured", "once more")
    fix = "run `epoch check mean --full --accept`"
    (old,) = found(topic)
    assert old == f"mean/evidence.toml: claim 'outlier': its figures belong to an older evidence_outlier.py; {fix}"
    (topic / "evidence_outlier.txt").unlink()
    (never,) = found(topic)
    assert never == f"mean/evidence.toml: claim 'outlier': evidence_outlier.py was never run; {fix}"
    (topic / "evidence_outlier.py").rename(topic / "evidence_other.py")
    assert found(topic) == [
        "mean/evidence_outlier.py: is missing; add it",
        "mean/evidence_other.py: belongs to no claim; add its [[claim]] to evidence.toml or remove it",
    ]


async def test_evidence_is_run_anew_only_when_all_is(topic: Path, runner: LocalRunner) -> None:
    report = await check(topic.parent, runner=runner, today=date(2026, 11, 29))
    assert not any("evidence" in ran.label for ran in report.ran)
    report = await check(topic.parent, full=True, runner=runner, today=date(2026, 11, 29))
    assert [str(problem) for problem in report.problems] == []
    assert any(ran.label == "mean: evidence_outlier.py" for ran in report.ran)


async def test_a_run_that_measures_another_gain_is_told(topic: Path, runner: LocalRunner) -> None:
    accepted(topic, PRINTED.replace("mean: 1 2 3 4 5 6 7 8 9 10", "mean: 91 92 93 94 95 96 97 98 99 99"))
    report = await check(topic.parent, full=True, runner=runner, today=date(2026, 11, 29))
    what = "the gain over 'mean' was [93, 96.7] and is now [3, 6.9]"
    fix = "look at it, then run `epoch check mean --full --accept`"
    assert [str(problem) for problem in report.problems] == [f"mean/evidence_outlier.py: {what}; {fix}"]


async def test_a_claim_that_no_longer_holds_is_told(topic: Path, runner: LocalRunner) -> None:
    edit(topic / "evidence_outlier.py", "0.1 * n + 0.1", "10 * n + 0.1")
    accepted(topic, PRINTED)
    report = await check(topic.parent, full=True, runner=runner, today=date(2026, 11, 29))
    told = [str(problem) for problem in report.problems]
    assert told[0] == "mean/evidence_outlier.py: 'median' no longer beats 'mean'; mend the claim in the page"
    assert len(told) == 2


async def test_what_a_run_measures_is_accepted(topic: Path, runner: LocalRunner) -> None:
    (topic / "evidence_outlier.txt").unlink()
    report = await check(topic.parent, full=True, accept=True, runner=runner, today=date(2026, 11, 29))
    assert "mean/evidence_outlier.txt" in report.accepted
    assert report.problems == ()
    (evidence,), problems = load_evidence(topic)
    assert problems == []
    assert evidence.transcript is not None
    assert evidence.transcript.sha256 == evidence.sha256
    (ill,) = await _changed(topic, runner)
    assert ill == "mean/evidence_outlier.py: does not run: NameError: name 'nothing' is not defined; make it pass"


async def _changed(topic: Path, runner: LocalRunner) -> list[str]:
    edit(topic / "evidence_outlier.py", 'print("measured:")', "nothing")
    report = await check(topic.parent, full=True, runner=runner, today=date(2026, 11, 29))
    return [str(each) for each in report.problems if "evidence_outlier.py" in each.path]


@pytest.fixture
async def runner(needs_wall: None) -> AsyncIterator[LocalRunner]:
    """The machine's own runner."""
    local = LocalRunner(wall="auto")
    yield local
    await local.close()
