"""A guard's messages to the runner, sent without blocking: a slow reader must not keep a guard from watching."""

from __future__ import annotations

import os
import select


class Outbox:
    """Bytes for one socket, sent as it takes them.

    Args:
        fd: the socket; it never blocks from now on.

    Attributes:
        sent: bytes that it has taken.
    """

    def __init__(self, fd: int) -> None:
        os.set_blocking(fd, False)
        self.sent = 0
        self._fd = fd
        self._pieces: list[memoryview] = []
        self._is_open = True

    @property
    def waiting(self) -> bool:
        """Whether something is still to be sent."""
        return bool(self._pieces)

    def put(self, content: bytes) -> None:
        """Add to what is to be sent. Where nobody is left to read it, it is dropped."""
        if content and self._is_open:
            self._pieces.append(memoryview(content))

    def send(self) -> None:
        """Send what the socket takes now."""
        while self._pieces:
            try:
                count = os.write(self._fd, self._pieces[0])
            except BlockingIOError:
                return
            except (BrokenPipeError, ConnectionResetError):
                self._is_open = False  # the runner is gone: the job is to end all the same, and its files are to go
                self._pieces.clear()
                return
            self.sent += count
            self._pieces[0] = self._pieces[0][count:]
            if not self._pieces[0]:
                del self._pieces[0]

    def send_all(self) -> None:
        """Wait until all is sent; for when there is nothing left to watch."""
        self.send()
        while self._pieces:
            select.select([], [self._fd], [])
            self.send()


def send(fd: int, content: bytes) -> None:
    """Write all of it to a descriptor that blocks."""
    view = memoryview(content)
    while view:
        view = view[os.write(fd, view) :]
