"""What a member, or everybody in a thread, was shown last; kept in memory, bounded in time and number."""

from __future__ import annotations

from collections.abc import Callable

from bot.study.newest import Newest
from bot.study.shown import PagePlace

#: A pause longer than this ends a discussion; whoever goes on then replies to the answer they mean.
KEPT_S = 900.0
#: How many discussions are kept; the oldest goes first.
MOST = 4_000
#: Stands for all members of a thread; no member has this id.
EVERYBODY = 0


class Discussions:
    """What each member was shown last, by channel.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._shown: Newest[tuple[int, int], tuple[PagePlace, float]] = Newest(MOST)

    def note(self, channel_id: int | None, member_id: int, shown: PagePlace, *, thread: bool = False) -> None:
        """Remember what a member was shown; in a thread, which is one conversation, for everybody in it."""
        if channel_id is None:
            return
        for who in (member_id, *([EVERYBODY] if thread else [])):
            self._shown[channel_id, who] = (shown, self._clock())

    def shown(self, channel_id: int | None, member_id: int, *, thread: bool = False) -> PagePlace | None:
        """Return what a member, or in a thread anybody, was shown last; None when that was long ago or never."""
        if channel_id is None:
            return None
        key = channel_id, EVERYBODY if thread else member_id
        if (found := self._shown.get(key)) is None:
            return None
        shown, at = found
        if self._clock() - at <= KEPT_S:
            return shown
        del self._shown[key]
        return None

    def forget(self, member_id: int) -> None:
        """Let go of all that a member is talking about."""
        for key in [key for key in self._shown if key[1] == member_id]:
            del self._shown[key]

    def __len__(self) -> int:
        return len(self._shown)
