"""Which servers a process serves, where several processes share them: Discord's shards.

A server belongs to the shard `(id >> 22) % count`; what has no server (direct messages) comes to shard 0. Source:
Discord's documentation of its gateway, "Sharding".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

#: Far more than Discord gives the largest bots; each is a connection.
MOST = 10_000
_WRITTEN = re.compile(r"\s*(\d+(?:\s*,\s*\d+)*)\s*/\s*(\d+)\s*")


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards of one process.

    Attributes:
        ids: their numbers, the least first; none where one process has them all.
        count: how many there are in all; None where one process has them all, and Discord says how many.
    """

    ids: tuple[int, ...] = ()
    count: int | None = None

    @classmethod
    def read(cls, written: str | Self) -> Self:
        """Return what `0,1/4` means: the shards 0 and 1 of 4.

        Raises:
            ValueError: it means nothing; the error says in a few words what is wrong.
        """
        if isinstance(written, cls):
            return written
        found = _WRITTEN.fullmatch(str(written))
        if found is None:
            raise ValueError("expected the shards of this process and how many there are in all, like 0,1/4")
        ids, count = sorted(map(int, found[1].split(","))), int(found[2])
        if not 1 <= count <= MOST:
            raise ValueError(f"there are from 1 to {MOST} shards in all, not {count}")
        if ids[-1] >= count:
            raise ValueError(f"of {count} shards the last is {count - 1}, so there is no shard {ids[-1]}")
        if len(set(ids)) < len(ids):
            raise ValueError("a shard is named twice")
        return cls(tuple(ids), count)

    def __str__(self) -> str:
        return "all" if self.count is None else f"{','.join(map(str, self.ids))}/{self.count}"

    def have(self, guild_id: int | None) -> bool:
        """Whether a server is among those of these shards; None means direct messages."""
        if self.count is None:
            return True
        return (0 if guild_id is None else (guild_id >> 22) % self.count) in self.ids


#: One process serves all.
ALL = Shards()
