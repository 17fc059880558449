"""Counts of what Epoch does, since it started and today: for `/status`, and for those who watch it (`EPOCH_METRICS`).

They are numbers alone: no text, no member and no server is in them. Kept in memory, so a start begins anew.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Literal

#: How a question ended: as `Reply` says, refused for what it is (empty, too long), turned away because its member or
#: their server asks too fast, or by a failure.
AskEnding = Literal["answer", "clarify", "decline", "refused", "too_fast", "error"]
#: Upper ends of the histogram's buckets, in seconds; a last one takes the rest.
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


#: How a run ended that was begun and then failed by a mistake of Epoch's own; the other ways are `Outcome` of a runner.
BROKEN_OFF = "broken_off"


class Metrics:
    """All counts of one process.

    Args:
        clock: Unix time.

    Attributes:
        began: when counting began.
        asks: by outcome.
        runs: by outcome, `runners.models.Outcome` or `BROKEN_OFF`.
        reviews: answers to quiz items that were recorded, wherever they were given.
        errors: mistakes of Epoch's own, each of which a member was told by an id.
        ask_buckets: how many asks took as long, a number for each of `BUCKETS` and one for the rest.
        ask_seconds: how long all of them took together.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.began = clock()
        self.asks: Counter[AskEnding] = Counter()
        self.runs: Counter[str] = Counter()
        self.reviews = 0
        self.errors = 0
        self.ask_buckets = [0] * (len(BUCKETS) + 1)
        self.ask_seconds = 0.0
        self._day = self._date()
        self._today: Counter[str] = Counter()

    @property
    def today(self) -> Counter[str]:
        """How many `asks`, `answered`, `runs`, `reviews` and `errors` the machine's present day had so far."""
        if (day := self._date()) != self._day:
            self._day, self._today = day, Counter()
        return self._today

    def asked(self, outcome: AskEnding, seconds: float) -> None:
        """Count a question, which was settled after so many seconds."""
        self.asks[outcome] += 1
        self.ask_buckets[bisect_left(BUCKETS, seconds)] += 1
        self.ask_seconds += seconds
        self.today["asks"] += 1
        self.today["answered"] += outcome in ("answer", "clarify")

    def turned_away(self) -> None:
        """Count a question that came too fast: nothing was looked up, so it took no time and is none of today's."""
        self.asks["too_fast"] += 1

    def ran(self, outcome: str) -> None:
        """Count a program that has ended."""
        self.runs[outcome] += 1
        self.today["runs"] += 1

    def reviewed(self, answers: int) -> None:
        """Count answers to quiz items."""
        self.reviews += answers
        self.today["reviews"] += answers

    def failed(self) -> None:
        """Count a mistake of Epoch's own."""
        self.errors += 1
        self.today["errors"] += 1

    def _date(self) -> date:
        return date.fromtimestamp(self._clock())
