"""Work that falls due by the clock: a service looks for it again and again, until the program ends."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from contextlib import suppress

from bot.store.errors import StoreError

log = logging.getLogger(__name__)

#: How long work that is under way may hold up the end of the program.
_CLOSE_S = 3.0


class PollingService(ABC):
    """Looks for work that is due, one look after the other; a database that is away is asked again at the next look.

    Args:
        every_s: how long to wait after each look, in seconds.
        name: of the task.
        work: what is done, in the plural, as the log names it when the database is away.
    """

    def __init__(self, *, every_s: float, name: str, work: str) -> None:
        self._every_s = every_s
        self._name = name
        self._work = work
        self._task: asyncio.Task[None] | None = None
        self._looking = asyncio.Lock()
        self._closing = False

    @property
    def begun(self) -> bool:
        """Whether this process looks for work of this kind."""
        return self._task is not None

    @property
    def closing(self) -> bool:
        """Whether nothing new may be taken up, because the program ends."""
        return self._closing

    def begin(self) -> None:
        """Look from now on."""
        self._task = asyncio.create_task(self._poll(), name=self._name)

    async def close(self, seconds: float = _CLOSE_S) -> None:
        """Stop, after what is under way or so many seconds."""
        self._closing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._looking:
                pass
        if self._task is not None:
            self._task.cancel()

    @abstractmethod
    async def look(self) -> None:
        """Do what is due."""

    async def _poll(self) -> None:
        while True:
            async with self._looking:
                try:
                    await self.look()
                except StoreError as error:
                    log.error("%s have to wait: %s", self._work, error)
            await asyncio.sleep(self._every_s)
