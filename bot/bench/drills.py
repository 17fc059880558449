"""How good the probes of drills are, and how soon somebody has a verdict.

The mutants of every solution are tried as `epoch check` does, with three seeds. Then each solution is judged as a
learner's answer is, and in turn with that its program alone is run behind the same wall: the ratio of the two is what
judging costs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bot.study.drills.judging import LIMITS, DrillJudge
from knowledge.bank.drills import Drill
from knowledge.bank.models import Bank
from knowledge.check import drill_proofs
from knowledge.check.drill_proofs import Proven
from knowledge.check.running import run
from knowledge.grading.drills import harness, judging
from runners.models import Job, Runner

#: What the project asks for: share of mutants killed, verdict over own run, seconds.
MUST_SHARE, MUST_RATIO, MUST_P95_S = 0.97, 1.3, 1.0
BEGIN, END = "<!-- epoch bench drills -->", "<!-- /epoch bench drills -->"
_SEEDS = 3


class NoFigures(Exception):
    """A drill could not be measured: which, and why."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One drill's figures.

    Attributes:
        drill: `topic/name`.
        shown: of its mutants.
        seconds: what the run of the proof took, wall clock.
        cpu_s: CPU seconds of the same.
        verdicts: seconds of each verdict on the solution, warm.
        alone: seconds of each run of the solution's program by itself, measured in turn with those.
    """

    drill: str
    shown: Proven
    seconds: float
    cpu_s: float | None
    verdicts: tuple[float, ...] = ()
    alone: tuple[float, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the figures of one line."""
        line: dict[str, Any] = {
            "drill": self.drill,
            "mutants": self.shown.made,
            "killed": self.shown.killed,
            "signed_off": len(self.shown.signed),
            "share": round(self.shown.share, 4),
            "survivors": [f"line {each.number}: {each.line} -> {each.becomes}" for each in self.shown.survivors],
            "proof_s": round(self.seconds, 2),
            "proof_cpu_s": None if self.cpu_s is None else round(self.cpu_s, 2),
        }
        if self.verdicts:
            line |= {
                "verdict_s": round(median(self.verdicts), 3),
                "alone_s": round(median(self.alone), 3),
                "ratio": round(ratio(self.verdicts, self.alone), 3),
            }
        return line


def ratio(verdicts: Sequence[float], alone: Sequence[float]) -> float:
    """Return the median of verdict over own run, pair by pair: both of a pair meet the same load."""
    return median(one / other for one, other in zip(verdicts, alone, strict=True))


def chosen(bank: Bank, names: Sequence[str]) -> list[Drill]:
    """Return the drills with these ids or topics; all of the bank without any."""
    drills = [drill for topic in bank.topics.values() for drill in topic.drills]
    return [drill for drill in drills if not names or drill.id in names or drill.topic in names]


async def measure(
    bank: Bank, runner: Runner, drills: Sequence[Drill], rounds: int, tell: Callable[[str], None]
) -> list[Measured]:
    """Measure drills one after the other.

    Args:
        bank: of the drills.
        runner: warm, where verdicts are timed.
        drills: which.
        rounds: verdicts a drill; 0 for none.
        tell: called with a line of progress.

    Raises:
        NoFigures: a drill cannot be proven, or its solution does not pass.
        runners.errors.WallRequired: no wall works here.
    """
    judge, found = DrillJudge(runner, bank), list[Measured]()
    try:
        for number, drill in enumerate(drills, 1):
            tell(f"{number}/{len(drills)} {drill.id}")
            began = time.perf_counter()
            result = await run(runner, drill_proofs.job(drill, "numpy", _SEEDS))
            seconds = time.perf_counter() - began
            try:
                shown = drill_proofs.proven(drill, result)
            except ValueError as error:
                raise NoFigures(f"{drill.id} cannot be proven: {error}") from error
            times = await _timed(judge, runner, drill, rounds) if rounds else ((), ())
            cpu = None if result.finished is None else result.finished.cpu_s
            found.append(Measured(drill.id, shown, seconds, cpu, *times))
    finally:
        await judge.close()
    return found


async def _timed(
    judge: DrillJudge, runner: Runner, drill: Drill, rounds: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return how long verdicts took, and runs of the same program alone, in turn; the first of each is for warmth."""
    solution = drill.variants["numpy"].solution
    loaded, verdicts, alone = judging.load(drill.judge), list[float](), list[float]()
    for seed in range(rounds + 1):
        began = time.perf_counter()
        verdict = await judge.judge(drill, solution, owner="bench", seed=seed)
        verdicts.append(time.perf_counter() - began)
        if not verdict.passed:
            raise NoFigures(f"the solution of {drill.id} does not pass: {verdict.reason or verdict.checks}")
        calls = judging.calls(judging.probes(loaded, seed, tuple(drill.meta.checks)))
        script = harness.build(solution, drill.meta.function, calls, forbidden=drill.meta.forbidden)
        began = time.perf_counter()
        result = await run(runner, Job(script.source, name="solution.py", limits=LIMITS["numpy"], owner="bench"))
        alone.append(time.perf_counter() - began)
        if not result.ok:
            raise NoFigures(f"the solution of {drill.id} does not run: {result.reason}")
    return tuple(verdicts[1:]), tuple(alone[1:])


def total(found: Sequence[Measured]) -> dict[str, Any]:
    """Return the figures over all drills, and whether they are held."""
    made, killed = (sum(getattr(each.shown, name) for each in found) for name in ("made", "killed"))
    signed = sum(len(each.shown.signed) for each in found)
    share = killed / (made - signed) if made > signed else 1.0
    verdicts = sorted(seconds for each in found for seconds in each.verdicts)
    line: dict[str, Any] = {
        "drills": len(found),
        "mutants": made,
        "killed": killed,
        "signed_off": signed,
        "share": round(share, 4),
        "proof_s": round(sum(each.seconds for each in found), 1),
    }
    held = share >= MUST_SHARE
    if verdicts:
        alone = [seconds for each in found for seconds in each.alone]
        apart = ratio([seconds for each in found for seconds in each.verdicts], alone)
        p95 = verdicts[min(len(verdicts) - 1, int(0.95 * len(verdicts)))]
        line |= {"verdict_s": round(median(verdicts), 3), "verdict_p95_s": round(p95, 3)}
        line |= {"alone_s": round(median(alone), 3), "ratio": round(apart, 3)}
        held = held and apart <= MUST_RATIO and p95 < MUST_P95_S
    return {**line, "held": held}


def table(found: Sequence[Measured]) -> str:
    """Return the mutants of all drills as a table in Markdown; no times, so that it only changes with the drills."""
    whole = total(found)
    lines = ["| drill | mutants | killed | signed off | share |", "|---|---:|---:|---:|---:|"]
    for each in found:
        figures = (each.drill, each.shown.made, each.shown.killed, len(each.shown.signed), f"{each.shown.share:.3f}")
        lines.append(f"| {' | '.join(map(str, figures))} |")
    counts = " | ".join(f"**{whole[name]}**" for name in ("mutants", "killed", "signed_off"))
    return "\n".join([*lines, f"| **{whole['drills']} drills** | {counts} | **{whole['share']:.3f}** |"])


def put(text: str, found: Sequence[Measured]) -> str:
    """Return a page with the table between its markers.

    Raises:
        ValueError: the page has no such markers.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{table(found)}\n\n{END}{after}"


def write(page: Path, found: Sequence[Measured]) -> None:
    """Write the table into the page, between its markers.

    Raises:
        NoFigures: the page cannot be read or written, or has no markers.
    """
    try:
        page.write_text(put(page.read_text(encoding="utf-8"), found), encoding="utf-8", newline="\n")
    except (OSError, ValueError) as error:
        raise NoFigures(f"the table was not written to {page}: {error}") from error
