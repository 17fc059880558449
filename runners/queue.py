"""A fair queue: who asks often waits behind those who ask seldom, and everybody knows their place.

Each owner has a line of their own; a free slot goes to the owner who had one longest ago. So one member who starts ten
runs delays nobody else by more than the one that is going on.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from itertools import count

#: Called with the place in the queue, 1 for the next; 0 when the turn has come.
TellPlace = Callable[[int], None]


class _Waiting:
    def __init__(self, owner: str, told: TellPlace) -> None:
        self.owner = owner
        self.told = told
        self.turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.place: int | None = None


class FairQueue:
    """Lets in so many at once over all, and so many of one owner.

    Args:
        parallel: how many at once over all.
        each: how many of one owner at once; jobs without an owner count as one owner's.
    """

    def __init__(self, parallel: int, each: int = 1) -> None:
        self._lines: dict[str, deque[_Waiting]] = {}
        self._inside: Counter[str] = Counter()
        self._served: dict[str, int] = {}  # owner → when last let in; only of those who are waiting or inside
        self._clock = count(1)
        self.resize(parallel, each)

    def resize(self, parallel: int, each: int = 1) -> None:
        """Let in so many from now on; who is inside stays."""
        if parallel < 1 or each < 1:
            raise ValueError("a queue that lets nobody in")
        self._parallel, self._each = parallel, each
        self._let_in()

    @property
    def owners(self) -> frozenset[str]:
        """Of whom anything is remembered: who waits, is inside, or was a moment ago."""
        return frozenset({*self._lines, *(+self._inside), *self._served})

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(len(line) for line in self._lines.values())

    @asynccontextmanager
    async def turn(self, owner: str, told: TellPlace = lambda place: None) -> AsyncGenerator[None, None]:
        """Wait for a turn and hold it; who is cancelled while waiting has left the queue.

        Args:
            owner: who asks.
            told: called with each new place, and with 0 at the turn.
        """
        mine = _Waiting(owner, told)
        self._lines.setdefault(owner, deque()).append(mine)
        self._let_in()
        try:
            await mine.turn
        except asyncio.CancelledError:
            if mine.turn.done() and not mine.turn.cancelled():
                self._leave(owner)  # let in and cancelled in the same moment
            elif mine in self._lines.get(owner, ()):
                self._lines[owner].remove(mine)
            self._let_in()
            raise
        try:
            told(0)
            yield
        finally:
            self._leave(owner)
            self._let_in()

    def _leave(self, owner: str) -> None:
        self._inside[owner] -= 1

    def _let_in(self) -> None:
        """Fill the free slots, then tell those who wait where they stand."""
        while self._inside.total() < self._parallel and (owner := self._next()) is not None:
            mine = self._lines[owner].popleft()
            if mine.turn.done():
                continue  # cancelled, and about to say so
            self._inside[owner] += 1
            self._served[owner] = next(self._clock)
            mine.turn.set_result(None)
        self._forget()
        for place, mine in enumerate(self._order(), start=1):
            if mine.place != place:
                mine.place = place
                mine.told(place)

    def _next(self) -> str | None:
        ready = [owner for owner, line in self._lines.items() if line and self._inside[owner] < self._each]
        # Of those who never had a slot, the first to come: dictionaries keep their order.
        return min(ready, key=lambda owner: self._served.get(owner, 0), default=None)

    def _order(self) -> list[_Waiting]:
        """Return who waits in the order in which they will be let in if every run takes the same time."""
        lines = {owner: deque(line) for owner, line in self._lines.items() if line}
        served = dict(self._served)
        order: list[_Waiting] = []
        while lines:
            owner = min(lines, key=lambda owner: served.get(owner, 0))
            order.append(lines[owner].popleft())
            served[owner] = max(served.values(), default=0) + 1
            if not lines[owner]:
                del lines[owner]
        return order

    def _forget(self) -> None:
        """Drop what is known of owners who neither wait nor run: strangers come without end."""
        self._lines = {owner: line for owner, line in self._lines.items() if line}
        self._inside = +self._inside
        known = self._lines.keys() | self._inside.keys()
        self._served = {owner: when for owner, when in self._served.items() if owner in known}
