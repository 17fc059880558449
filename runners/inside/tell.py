"""The script's process tells the guard what the person should hear besides the program's output.

The way is the pipe over which it said that its walls stand: the guard reads it when nothing runs any more.
"""

from __future__ import annotations

import os
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_SEPARATOR = "\x1f"
_MOST_VALUES, _LONGEST = 20, 200
#: A program that tells more than this is not heard; less than a pipe holds, so that nobody waits for the guard.
_MOST_BYTES = 16 * 1024

_fd = -1
_left = _MOST_BYTES


def open_way(fd: int) -> None:
    """Tell over descriptor `fd` from now on."""
    global _fd
    _fd = fd


def line(key: str, values: Iterable[str]) -> str:
    """Return a note as one line, its values cut to what a person would read."""
    clean = ("".join(c if c.isprintable() else " " for c in value)[:_LONGEST] for value in values)
    return _SEPARATOR.join((key, *islice(clean, _MOST_VALUES)))


def tell(key: str, *values: str) -> None:
    """Tell one thing; `key` is one of `runners.notes.KEYS`."""
    global _left
    said = (line(key, values) + "\n").encode("utf-8", "replace")
    if _fd < 0 or len(said) > _left:
        return
    try:
        _left -= os.write(_fd, said)
    except OSError:
        _left = 0  # the program closed all descriptors: then it tells nothing, and runs on
