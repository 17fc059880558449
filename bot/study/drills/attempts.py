"""What a member did at a drill: their last tries, how often and with how many hints, and what that counts as.

The first thing done begins a go; passing or giving up ends it, and the next thing done begins another. A go counts as
one review, by its end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.study.drills.models import Verdict
from bot.study.schedule import AGAIN, EASY, GOOD, HARD, Grade
from knowledge.bank.drills import Drill, Variant

AttemptEnd = Literal["passed", "given_up"]
#: Up to so many tries without a hint a drill is known well.
_FEW = 3
#: For so long after somebody saw the solution, passing is no more than remembering it.
_FRESH_S = 86_400.0
#: What keeps an answer from being judged, and is mended without anything learned about the drill.
_SLIPS = ("syntax", "forbidden", "missing")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A member's work at a drill.

    Attributes:
        member_id: whose.
        topic: slug of the drill's topic.
        item: `Drill.item`.
        began: when this go began, in Unix time.
        variant: with what it was tried last.
        codes: the last code by what it is solved with.
        tries: answers judged in this go.
        hints: hints seen in this go.
        end: how this go ended; None while it goes on.
        ended: when; that of the last go while this one goes on.
        passed: when the drill was first passed; None for never.
        seen: when the solution was last shown after giving up; None for never.
    """

    member_id: int
    topic: str
    item: str
    began: float
    variant: Variant = "numpy"
    codes: Mapping[Variant, str] = field(default_factory=dict)
    tries: int = 0
    hints: int = 0
    end: AttemptEnd | None = None
    ended: float | None = None
    passed: float | None = None
    seen: float | None = None

    @property
    def source(self) -> str:
        """Names this go among the sources of reviews: it counts once."""
        mark = hashlib.sha256(f"{self.topic}/{self.item}".encode()).hexdigest()[:12]
        return f"drill:{mark}:{int(self.began * 1000):x}"


#: What was kept before, None for nothing → what is to be kept, None to leave it.
AttemptStep = Callable[[Attempt | None], Attempt | None]


def going(before: Attempt | None, member_id: int, drill: Drill, at: float) -> Attempt:
    """Return the go that goes on, or one that begins `at`."""
    if before is None:
        return Attempt(member_id, drill.topic, drill.item, at)
    return before if before.end is None else replace(before, began=at, tries=0, hints=0, end=None)


def typed(go: Attempt, variant: Variant, code: str) -> Attempt:
    """Return the go with another last try."""
    return replace(go, variant=variant, codes={**go.codes, variant: code})


def hinted(go: Attempt, hints: int) -> Attempt:
    """Return the go with one hint more, of as many as the drill has."""
    return replace(go, hints=min(hints, go.hints + 1))


def judged(go: Attempt, verdict: Verdict, at: float) -> Attempt:
    """Return the go after an answer was judged."""
    if go.end is not None or verdict.refusal in _SLIPS:
        return go
    go = replace(go, tries=go.tries + 1)
    if not verdict.passed:
        return go
    return replace(go, end="passed", ended=at, passed=at if go.passed is None else go.passed)


def given_up(go: Attempt, at: float) -> Attempt:
    """Return the go given up, unless it has ended."""
    return replace(go, end="given_up", ended=at, seen=at) if go.end is None else go


def grade(go: Attempt) -> Grade:
    """Return what a go that has ended counts as: the less help it took, the better it is known."""
    if go.end != "passed":
        return AGAIN
    if go.hints or go.tries > _FEW or (go.seen is not None and go.began - go.seen < _FRESH_S):
        return HARD
    return EASY if go.tries <= 1 else GOOD
