"""Picking up what the script left in its work folder, once nothing of it runs any more."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

EXTENSIONS = frozenset({".png", ".jpg", ".jpeg", ".gif", ".csv", ".txt", ".json", ".npy"})
#: A work folder with more entries than this is a bomb, not a result.
MAX_ENTRIES = 2000
MAX_DEPTH = 4


def candidates(folder: str, count: int, max_bytes: int) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the files worth keeping, oldest first.

    Symlinks are never followed; only regular files with a single link and an allowed extension count, because a link
    may lead to somebody else's file and a fifo would hang the reader.

    Args:
        folder: the work folder.
        count: how many files at most.
        max_bytes: size of one file at most; larger ones are left out.
    """
    found = []
    for entry in _entries(folder):
        if os.path.splitext(entry.name)[1].lower() in EXTENSIONS:
            info = entry.stat(follow_symlinks=False)
            if _plain(info) and 0 < info.st_size <= max_bytes:
                found.append((info.st_mtime_ns, entry.path, entry.name))
    for _, path, name in sorted(found)[:count]:
        content = _read(path, max_bytes)
        if content is not None:
            yield name, content


def _entries(top: str) -> Iterator[os.DirEntry[str]]:
    """Yield what lies in `top` and a few folders deep, up to a number that no result needs."""
    waiting = [(top, 0)]
    seen = 0
    while waiting:
        folder, depth = waiting.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue  # a folder made unreadable holds no result
        for entry in sorted(entries, key=lambda entry: entry.name):
            seen += 1
            if seen > MAX_ENTRIES:
                return
            if entry.is_dir(follow_symlinks=False):
                if depth < MAX_DEPTH:
                    waiting.append((entry.path, depth + 1))
            else:
                yield entry


def _plain(info: os.stat_result) -> bool:
    return stat.S_ISREG(info.st_mode) and info.st_nlink == 1


def _read(path: str, max_bytes: int) -> bytes | None:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None  # unreadable or swapped for a link: not a result
    try:
        info = os.fstat(fd)
        if not _plain(info) or info.st_size > max_bytes:
            return None
        pieces = []
        left = max_bytes
        while left > 0 and (piece := os.read(fd, min(left, 1 << 20))):
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)
    finally:
        os.close(fd)
