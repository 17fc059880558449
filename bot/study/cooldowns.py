"""Cooldowns in memory, for a bounded number of keys."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping

from bot.study.newest import Newest

#: How many keys are kept; the oldest goes first.
MOST = 10_000


class Cooldowns:
    """The keys that were used, and until when each may not be used again.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: Newest[Hashable, float] = Newest(MOST)

    def wait(self, key: Hashable) -> float:
        """Return how many seconds `key` has to wait; 0 when it may go."""
        return max(0.0, self._until.get(key, 0.0) - self._clock())

    def spent(self, key: Hashable) -> bool:
        """Return whether `key` has to wait at all."""
        return self.wait(key) > 0

    def take(self, seconds: Mapping[Hashable, float]) -> None:
        """Use keys: each then has to wait for so many seconds."""
        for key, each in seconds.items():
            self._until[key] = self._clock() + each
