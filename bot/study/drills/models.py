"""What judging an answer to a drill gives: a verdict, in values that every front can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from knowledge.bank.drills import Drill, Variant

#: Why there is nothing to judge: it does not compile, a forbidden call stands in it, the function is missing, it met a
#: limit of its run, ended its process, or gave back what is no array; None where it was judged.
DrillRefusal = Literal["syntax", "forbidden", "missing", "limit", "ended", "unreadable"]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """The smallest input found on which an answer is wrong. All texts are raw, and short enough for a phone.

    Attributes:
        arguments: the call's arguments, as NumPy would print them.
        given: what came back; empty where an error came instead.
        expected: what should have come back; None where the judge has no reference.
        given_shape: such as `(2, 3)`; empty where what came back has none.
        expected_shape: likewise.
        error: the last line of the answer's traceback, with its line number; None where it gave something back.
    """

    arguments: str
    given: str = ""
    expected: str | None = None
    given_shape: str = ""
    expected_shape: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One named check; `counterexample` where it failed."""

    name: str
    passed: bool
    counterexample: Counterexample | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be told about an answer.

    Attributes:
        passed: whether every check passed.
        checks: in the order of `drill.toml`; empty where there was nothing to judge.
        mistake: the id of the known mistake that gives the same on every probe, or None.
        refusal: why there was nothing to judge.
        reason: what to show with it: the error's line, the forbidden name, the limit. Raw.
        printed: what the answer itself printed, cut. Raw.
        seconds: its CPU time over all probes together; None where unknown.
        reference_seconds: that of the solution over the same probes.
        seed: with which the probes were made.
    """

    passed: bool
    checks: tuple[CheckResult, ...] = ()
    mistake: str | None = None
    refusal: DrillRefusal | None = None
    reason: str = ""
    printed: str = ""
    seconds: float | None = None
    reference_seconds: float | None = None
    seed: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the fields that `epoch drill --json` promises."""
        return {
            "passed": self.passed,
            "checks": [
                {
                    "name": each.name,
                    "passed": each.passed,
                    "counterexample": None if each.counterexample is None else each.counterexample.arguments,
                }
                for each in self.checks
            ],
            "mistake": self.mistake,
        }


class AnswerJudge(Protocol):
    """Whatever judges answers to drills."""

    async def judge(
        self, drill: Drill, code: str, *, variant: Variant = "numpy", owner: str = "", seed: int | None = None
    ) -> Verdict:
        """Run `code` behind the wall on the drill's probes and say what is wrong with what it gave back.

        Args:
            drill: which.
            code: the learner's, whole.
            variant: with what it is solved.
            owner: who asks, for the queue of runs.
            seed: of the probes; None for one that nobody can know before.

        Raises:
            runners.errors.WallRequired: no wall works here, so nobody's code is run.
        """
        ...

    async def close(self) -> None:
        """End the judge's process."""
        ...
