"""The topic under discussion, of a member in a channel or of everybody in a thread: in memory, for a limited time."""

from __future__ import annotations

from collections.abc import Callable

from bot.study.newest import Newest

#: A pause longer than this ends a discussion; whoever goes on then replies to the answer they mean.
KEPT_S = 900.0
#: How many discussions are kept; the oldest goes first.
MOST = 4_000
#: Stands for all members of a thread; no member has this id.
EVERYBODY = 0


class Discussions:
    """The last topic that each member got an answer on, by channel.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._topics: Newest[tuple[int, int], tuple[str, float]] = Newest(MOST)

    def note(self, channel_id: int | None, member_id: int, slug: str, *, thread: bool = False) -> None:
        """Remember what a member got an answer on; in a thread, which is one conversation, for everybody in it."""
        if channel_id is None:
            return
        for who in (member_id, *([EVERYBODY] if thread else [])):
            self._topics[channel_id, who] = (slug, self._clock())

    def topic(self, channel_id: int | None, member_id: int, *, thread: bool = False) -> str | None:
        """Return what a member, or in a thread anybody, is talking about; None when that was long ago or never."""
        if channel_id is None:
            return None
        key = channel_id, EVERYBODY if thread else member_id
        if (found := self._topics.get(key)) is None:
            return None
        slug, at = found
        if self._clock() - at <= KEPT_S:
            return slug
        del self._topics[key]
        return None

    def forget(self, member_id: int) -> None:
        """Let go of all that a member is talking about."""
        for key in [key for key in self._topics if key[1] == member_id]:
            del self._topics[key]

    def __len__(self) -> int:
        return len(self._topics)
