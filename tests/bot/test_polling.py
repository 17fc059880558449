"""Work that falls due by the clock: one look after the other, over a database that is away, to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.polling import PollingService
from bot.store.errors import DatabaseUnavailable

LONG_S = 60.0


class Reminders(PollingService):
    """A service that does at each look what a test gives it to do."""

    def __init__(self, work: Callable[[], Awaitable[None]], *, every_s: float) -> None:
        super().__init__(every_s=every_s, name="epoch-test", work="reminders")
        self._do = work

    async def look(self) -> None:
        await self._do()


async def test_it_looks_again_and_again_over_a_database_that_is_away(caplog: pytest.LogCaptureFixture) -> None:
    looks, thrice = 0, asyncio.Event()

    async def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise DatabaseUnavailable("the database is away")
        if looks == 3:
            thrice.set()

    service = Reminders(look, every_s=0.0)
    assert not service.begun
    service.begin()
    assert service.begun
    async with asyncio.timeout(LONG_S):
        await thrice.wait()
    await service.close()
    assert "reminders have to wait: the database is away" in caplog.messages


async def test_the_look_that_is_under_way_ends_before_it_is_closed() -> None:
    started, go_on, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def look() -> None:
        started.set()
        await go_on.wait()
        done.set()

    service = Reminders(look, every_s=LONG_S)
    service.begin()
    async with asyncio.timeout(LONG_S):
        await started.wait()
        closing = asyncio.create_task(service.close(LONG_S))
        while not service.closing:
            await asyncio.sleep(0)
        assert not closing.done()
        go_on.set()
        await closing
    assert done.is_set()


async def test_a_look_that_hangs_is_cut_off() -> None:
    started, cut = asyncio.Event(), asyncio.Event()

    async def look() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cut.set()

    service = Reminders(look, every_s=LONG_S)
    service.begin()
    async with asyncio.timeout(LONG_S):
        await started.wait()
        await service.close(0.0)
        await cut.wait()


async def test_closed_before_it_was_told_to_begin_it_has_nothing_to_wait_for() -> None:
    async def look() -> None:
        raise AssertionError("nobody told it to look")

    service = Reminders(look, every_s=0.0)
    await service.close()
    assert service.closing
    assert not service.begun
