"""A file that somebody edits, read whenever it was saved.

Its state is asked for a few times a second: one `stat` costs microseconds, works on every file system (network ones
and mounted folders tell nothing of changes made elsewhere), and needs no library.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

#: Seconds between two looks: soon enough to feel at once, and nothing that a machine would notice.
LOOK_S = 0.2

#: What tells one save from another; an editor may write into the file, or put another one in its place.
Stamp = tuple[int, int, int]


def stamp(file: Path) -> Stamp | None:
    """Return what changes with every save; None while the file is not there."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


async def saves(file: Path, since: Stamp | None, *, look_s: float = LOOK_S) -> AsyncIterator[Stamp | None]:
    """Yield the stamp of each save, and None when the file went; for ever.

    A save counts when nothing has changed for one look: a file half written, or away while an editor puts another in
    its place, is none.

    Args:
        file: which; it need not be there.
        since: the stamp of what was seen last.
        look_s: seconds between two looks.
    """
    told = before = since
    while True:
        await asyncio.sleep(look_s)
        now = stamp(file)
        if now == before and now != told:
            told = now
            yield now
        before = now
