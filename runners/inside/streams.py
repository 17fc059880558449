"""Standard output and error keep their order, though they are two pipes.

Two pipes carry no common order. A program that changes from one stream to the other therefore waits until the reader
has emptied the first pipe: what it wrote is then read, and shown, in the order of writing. A program that uses one
stream only never waits. Output of native code, which bypasses Python's streams, is in order only if the reader is fast
enough.
"""

from __future__ import annotations

import io
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds that a program waits for the reader at one change, and altogether: a reader that is busy costs no more.
AT_ONCE_S = 0.1
ALTOGETHER_S = 1.0
_STEP_S = 0.0002


class Turn:
    """Which stream was written last, and how much patience is left.

    Args:
        waiting: tells how many bytes stand unread in a descriptor's pipe.
        clock: monotonic seconds.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        waiting: Callable[[int], int],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._waiting, self._clock, self._sleep = waiting, clock, sleep
        self._last = -1
        self._patience = ALTOGETHER_S

    def take(self, fd: int) -> None:
        """Make it the turn of `fd`, once what the other has written was read."""
        last, self._last = self._last, fd
        if last in (-1, fd) or self._patience <= 0:
            return
        began = now = self._clock()
        while self._waiting(last) and now - began < min(AT_ONCE_S, self._patience):
            self._sleep(_STEP_S)
            now = self._clock()
        self._patience -= now - began


class _Stream(io.FileIO):
    """One of the two, at the lowest level: all that Python writes comes through here."""

    def __init__(self, fd: int, name: str, turn: Turn) -> None:
        super().__init__(fd, "w", closefd=False)
        self.name = name
        self._turn = turn

    def write(self, data: object) -> int:
        self._turn.take(self.fileno())
        return super().write(data)  # type: ignore[arg-type]


def keep_order() -> None:
    """Write from now on as to a terminal, a line at a time, and in one order over both streams."""
    turn = Turn(_unread)
    for fd, name in ((1, "stdout"), (2, "stderr")):
        old = getattr(sys, name)
        raw = _Stream(fd, f"<{name}>", turn)
        text = io.TextIOWrapper(
            io.BufferedWriter(raw), encoding=old.encoding, errors=old.errors, line_buffering=True, write_through=False
        )
        setattr(sys, name, text)
        setattr(sys, f"__{name}__", text)


def _unread(fd: int) -> int:
    import fcntl
    import termios

    try:
        return int.from_bytes(fcntl.ioctl(fd, termios.FIONREAD, b"\0\0\0\0"), sys.byteorder)
    except OSError:
        return 0  # closed, or no pipe any more: the program put something else there
