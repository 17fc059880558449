"""The attempts of the terminal's user at a drill, kept in the database as a Discord member's are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.study.drills import attempts
from bot.study.drills.attempts import Attempt
from bot.study.drills.models import Verdict
from bot.study.learning import TERMINAL, GivenAnswer, Learning
from bot.study.schedule import GRADES
from knowledge.bank.drills import Drill, Variant

if TYPE_CHECKING:
    from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class Noted:
    """A go that counted as a review.

    Attributes:
        grade: the name of its grade.
        within: in how many seconds the drill comes back.
    """

    grade: str
    within: float


class Record:
    """Tries, hints and ends at one drill.

    All methods raise `bot.store.errors.StoreError` where the database cannot be used.

    Args:
        store: keeps them.
        learning: notes a go that has ended as a review.
        drill: which.
        clock: Unix time.
    """

    def __init__(self, store: Store, learning: Learning, drill: Drill, clock: Callable[[], float]) -> None:
        self._store = store
        self._learning = learning
        self._drill = drill
        self._clock = clock

    async def last(self) -> Attempt | None:
        """Return the work so far; None where there is none."""
        return await self._store.drills.get(TERMINAL, self._drill.topic, self._drill.item)

    async def typed(self, variant: Variant, code: str) -> None:
        """Keep a last try."""
        await self._move(lambda go: attempts.typed(go, variant, code))

    async def judged(self, verdict: Verdict) -> tuple[Attempt, Noted | None]:
        """Count a try; where it ended the go, that is a review."""
        return await self._move(lambda go: attempts.judged(go, verdict, self._clock()))

    async def hinted(self) -> Attempt:
        """Count a hint."""
        hints = len(self._drill.meta.hints)
        go, _ = await self._move(lambda go: attempts.hinted(go, hints))
        return go

    async def given_up(self) -> Noted | None:
        """Give up; nothing where the go has ended."""
        _, noted = await self._move(lambda go: attempts.given_up(go, self._clock()))
        return noted

    async def _move(self, step: Callable[[Attempt], Attempt]) -> tuple[Attempt, Noted | None]:
        now = self._clock()
        moved: list[tuple[Attempt | None, Attempt]] = []

        def whole(before: Attempt | None) -> Attempt:
            moved.append((before, step(attempts.going(before, TERMINAL, self._drill, now))))
            return moved[-1][1]

        await self._store.drills.move(TERMINAL, self._drill.topic, self._drill.item, whole)
        before, after = moved[-1]  # the database may have had to begin again
        if after.end is None or (before is not None and before.end == after.end and before.began == after.began):
            return after, None
        grade = attempts.grade(after)
        given = GivenAnswer(TERMINAL, self._drill.topic, self._drill.item, grade, after.source)
        cards = await self._learning.record([given])
        return after, Noted(GRADES[grade], cards[0].due - self._clock()) if cards else None
