"""One judgement in three questions, as the judge's process answers them.

    "rules"    code            → why it is not run, or nothing
    "calls"    drill, seed     → arguments, for the answer's process
    "prepare"  drill, seed     → (works out what is right and what known mistakes give, while the answer runs)
    "verdict"  drill, seed, returned → checks, mistake, reference_seconds

Every question carries the drill, so none depends on another: what was worked out before is only remembered. `main` is
the way in where a foreign bank's judge has to run behind the wall.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from knowledge.grading.drills import judging, rules
from knowledge.grading.drills.calling import Returned
from knowledge.grading.drills.codec import Json
from knowledge.grading.drills.judging import Judge, JudgeError, Probe

#: Judgements that are remembered.
_KEPT = 16


@dataclass(frozen=True)
class Case:
    """A drill as it comes with a question.

    Attributes:
        judge: source of `judge.py`.
        solution: source of the solution with NumPy.
        function: that answers define.
        checks: their names, in order.
        mistakes: sources of answers with known mistakes, by id.
        seed: of the probes.
    """

    judge: str
    solution: str
    function: str
    checks: Sequence[str]
    mistakes: Mapping[str, str]
    seed: int

    @classmethod
    def read(cls, question: Mapping[str, Any]) -> Case:
        """Return what a question carries; raises `KeyError` where something is missing."""
        return cls(**{field.name: question[field.name] for field in fields(cls)})


class Prepared:
    """The probes of one case, and what they need to be judged: worked out when it is asked for, once."""

    def __init__(self, case: Case) -> None:
        loaded = judging.load(case.judge)
        names = judging.parameters(case.solution, case.function)
        self.judge: Judge = replace(loaded, parameters=names or loaded.parameters)
        self.probes: list[Probe] = judging.probes(loaded, case.seed, case.checks)
        self._case = case
        self._right: list[Json] | None = None
        self._mistakes: dict[str, list[Returned]] = {}
        self._seconds = 0.0

    @property
    def calls(self) -> list[Json]:
        """The arguments alone."""
        return judging.calls(self.probes)

    def work_out(self) -> list[Json]:
        """Return what is right for each probe, after working out what known mistakes give, and the solution's time."""
        if self._right is None:
            case = self._case
            self._mistakes = {
                name: judging.answers(source, case.function, self.probes) for name, source in case.mistakes.items()
            }
            # The first time it runs it pays for what NumPy puts off until then.
            runs = [judging.answers(case.solution, case.function, self.probes) for _ in range(2)]
            self._seconds = min(sum(each.seconds for each in run) for run in runs)
            self._right = judging.expected(self.judge, self.probes)
        return self._right

    def verdict(self, returned: Sequence[Returned]) -> dict[str, Json]:
        """Return the checks, the known mistake, and the seconds of the solution."""
        right = self.work_out()
        if len(returned) != len(self.probes):
            raise JudgeError(f"{len(returned)} results of {len(self.probes)} calls")
        checks = judging.judge(self.judge, self.probes, right, returned)
        passed = judging.passes(checks)
        return {
            "checks": [each.as_json() for each in checks],
            "mistake": None if passed else judging.told(self.judge, self.probes, returned, self._mistakes),
            "reference_seconds": self._seconds,
        }


class Verdicts:
    """Answers questions, and remembers the last few cases."""

    def __init__(self) -> None:
        self._prepared: OrderedDict[str, Prepared] = OrderedDict()

    def answer(self, question: Mapping[str, Any]) -> dict[str, Json]:
        """Return the answer to one question; `{"error": …}` where a drill cannot be used.

        Raises:
            KeyError: the question lacks something, or asks for nothing known.
        """
        ways: dict[str, Callable[[Mapping[str, Any]], dict[str, Json]]] = {
            "rules": _rules,
            "calls": lambda asked: {"calls": self._case(asked).calls},
            "prepare": lambda asked: {"right": len(self._case(asked).work_out())},
            "verdict": lambda asked: self._case(asked).verdict([Returned(**each) for each in asked["returned"]]),
        }
        try:
            return ways[question["do"]](question)
        except JudgeError as error:
            return {"error": str(error)}

    def _case(self, question: Mapping[str, Any]) -> Prepared:
        case = Case.read(question)
        key = json.dumps([getattr(case, field.name) for field in fields(case)])
        found = self._prepared.pop(key, None) or Prepared(case)
        self._prepared[key] = found
        while len(self._prepared) > _KEPT:
            self._prepared.popitem(last=False)
        return found


def _rules(question: Mapping[str, Any]) -> dict[str, Json]:
    found = rules.refused(question["code"], forbidden=question["forbidden"], variant=question["variant"])
    return {"refusal": None} if found is None else {"refusal": found.kind, "reason": found.reason}


def main(task: Mapping[str, Any]) -> None:
    """Answer one question behind the wall.

    Args:
        task: the question, and the `mark` to print before the answer.
    """
    import sys

    sys.stdout.write(f"\n{task['mark']}{json.dumps(Verdicts().answer(task))}\n")
