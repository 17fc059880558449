"""Whom Epoch answers and how often: members and servers that the host blocked, and questions a minute.

The pace is the generic cell rate algorithm (ITU-T I.371): one number a key says until when its minute is used up, so
what is kept is small, and bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from math import floor
from typing import Literal

from bot.study.newest import Newest
from bot.study.refusals import Refusal

_MINUTE = 60.0
RateKey = tuple[Literal["member", "server"], int]
#: How many keys are kept; the oldest goes first.
MOST = 10_000


class RateLimit:
    """So many a minute for each key, all of them at once where somebody wants to.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: Newest[RateKey, float] = Newest(MOST)

    def take(self, rates: Mapping[RateKey, int]) -> Mapping[RateKey, float]:
        """Count one more under each key, where all have room.

        Args:
            rates: how many a minute each key has.

        Returns:
            How many seconds each key that has no room has to wait; empty where it was counted.
        """
        now = self._clock()
        used = {key: max(0.0, self._until.get(key, 0.0) - now) for key in rates}
        waits = {key: used[key] + _MINUTE / rate - _MINUTE for key, rate in rates.items()}
        late = {key: wait for key, wait in waits.items() if wait > 1e-6}  # what rounding leaves is no wait
        if not late:
            for key, rate in rates.items():
                self._until[key] = now + used[key] + _MINUTE / rate
        return late


class Door:
    """Lets members in: nobody whom the host blocked, and nobody more often than is good for the others.

    Args:
        clock: Unix time.
        per_member: questions that one member may ask a minute.
        per_server: questions that all members of a server may ask a minute.
        turned_away: called for each question beyond that.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        per_member: int,
        per_server: int,
        turned_away: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._pace = RateLimit(clock)
        self._per_member, self._per_server = per_member, per_server
        self._turned_away = turned_away
        self._members: frozenset[int] = frozenset()
        self._servers: frozenset[int] = frozenset()
        self._told: Newest[int, float] = Newest(MOST)

    def block(self, members: Collection[int], servers: Collection[int]) -> None:
        """Take in who is blocked, from now on."""
        self._members, self._servers = frozenset(members), frozenset(servers)

    def blocks(self, member_id: int | None, server_id: int | None) -> str | None:
        """Return the key of the text that says who is blocked, the member or the server they are in; None for nobody.

        A member of None asks for the server alone.
        """
        if member_id in self._members:
            return "discord.refused.member"
        return "discord.refused.server" if server_id in self._servers else None

    def ask(self, member_id: int, server_id: int | None) -> None:
        """Count a question.

        Raises:
            Refusal: there were too many in the last minute; its text says when to ask again.
        """
        keys: dict[RateKey, int] = {("member", member_id): self._per_member}
        if server_id is not None:
            keys["server", server_id] = self._per_server
        late = self._pace.take(keys)
        if not late:
            return
        self._turned_away()
        at = floor(self._clock() + max(late.values())) + 1
        if ("member", member_id) in late:
            raise Refusal("discord.refused.pace_member", count=self._per_member, at=at)
        raise Refusal("discord.refused.pace_server", count=self._per_server, at=at)

    def told(self, member_id: int, until: float) -> bool:
        """Whether a member was told already, where one may stay silent, to ask again at `until` or later."""
        known = self._told.get(member_id, 0.0) > self._clock()
        if not known:
            self._told[member_id] = until
        return known
