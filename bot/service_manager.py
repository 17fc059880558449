"""Notifies systemd of a service with `Type=notify`: ready, status, watchdog, stopping.

The protocol is sd_notify(3): lines `NAME=value` in one datagram to the socket that NOTIFY_SOCKET names, a path or,
after an `@`, a name of Linux's abstract namespace. Without that variable nothing is sent.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import MutableMapping
from typing import Self

log = logging.getLogger(__name__)

#: How often a start that takes its time asks for more, and for how much; the first index of a small machine is built
#: for minutes, and systemd gives up after 90 seconds.
_BEAT_S = 10.0
_MORE_US = 60_000_000
_MICRO = 1_000_000


class ServiceManager:
    """The other end of the socket; inert where there is none.

    Args:
        address: the socket's, as systemd writes it; empty without one.
        watchdog_s: a life sign is due every so many seconds; 0 where none is.
    """

    def __init__(self, address: str = "", watchdog_s: float = 0.0) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._watchdog_s = watchdog_s
        self._ready = False
        self._mute = False

    @classmethod
    def take_from(cls, environment: MutableMapping[str, str]) -> Self:
        """Return that of the environment, and take it out of there: no program that Epoch starts speaks for it."""
        address = environment.pop("NOTIFY_SOCKET", "")
        micro = environment.pop("WATCHDOG_USEC", "")
        process = environment.pop("WATCHDOG_PID", "") or str(os.getpid())
        watched = micro.isdecimal() and process == str(os.getpid())
        return cls(address, int(micro) / _MICRO if watched else 0.0)

    def status(self, text: str) -> None:
        """Say in a line how it is, or how far the start is."""
        self._tell(f"STATUS={text}")

    def ready(self, text: str) -> None:
        """Say that the service does its work, from now on; and in a line how it is."""
        self._ready = True
        self._tell(f"READY=1\nSTATUS={text}")

    def stopping(self) -> None:
        """Say that it ends."""
        self._ready = True  # no more time is asked for
        self._tell("STOPPING=1\nSTATUS=stopping")

    async def keep_alive(self) -> None:
        """Give signs of life at half the time they are due, until cancelled: where the event loop hangs, there is none.

        Until it is `ready`, more time for the start is asked for, too.
        """
        if not self._address:
            return
        beat = min(self._watchdog_s / 2 or _BEAT_S, _BEAT_S)
        while self._watchdog_s or not self._ready:
            if self._watchdog_s:
                self._tell("WATCHDOG=1")
            if not self._ready:
                self._tell(f"EXTEND_TIMEOUT_USEC={_MORE_US}")
            await asyncio.sleep(beat)

    def _tell(self, lines: str) -> None:
        if not self._address or self._mute:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
                out.setblocking(False)  # a manager that does not read must not stop the event loop
                out.sendto(lines.encode(), self._address)
        except BlockingIOError:
            pass  # its queue is full: the next sign of life will do
        except OSError as error:
            self._mute = True
            log.warning("the service manager at NOTIFY_SOCKET cannot be told anything: %s", error.strerror or error)
