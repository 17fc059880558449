"""When all of a serving bot's memory is looked through for garbage."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.discord import garbage
from bot.discord.garbage import sweep


class Knot:
    """What only a collection frees, for it holds itself."""

    def __init__(self) -> None:
        self.itself = self


def old_garbage() -> weakref.ref[Knot]:
    """Return a knot that has lived long before it was let go, so that only a look through everything finds it."""
    knot = Knot()
    gc.collect(1)
    return weakref.ref(knot)


def make_due() -> None:
    for _ in range(garbage._DUE):
        gc.collect(1)


@asynccontextmanager
async def sweeping(quiet: list[bool], asked: list[bool]) -> AsyncIterator[None]:
    def told() -> bool:
        asked.append(quiet[0])
        return quiet[0]

    task = asyncio.create_task(sweep(told))
    await asyncio.sleep(0)  # it begins
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_garbage_is_looked_for_when_it_is_quiet_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_LOOK_S", 0.001)
    quiet, asked, before = [False], list[bool](), gc.get_threshold()
    async with sweeping(quiet, asked), asyncio.timeout(20):
        left = old_garbage()
        make_due()
        while len(asked) < 3:
            await asyncio.sleep(0.001)
        assert left() is not None, "all was looked through while members might have waited"
        quiet[0] = True
        while left() is not None:
            await asyncio.sleep(0.001)
    assert gc.get_threshold() == before, "whoever comes after it collects as ever"


async def test_what_came_in_a_burst_has_no_look_through_everything_in_it() -> None:
    def full() -> int:
        return int(gc.get_stats()[2]["collections"])

    gc.freeze()  # else how often Python looks by itself hangs on how much other tests have left
    try:
        async with sweeping([False], []):
            gc.collect()
            before = full()
            kept = [[[number]] for number in range(80_000)]  # as many as Python looks through by itself
            assert full() == before
            del kept
        kept = [[[number]] for number in range(80_000)]
        assert full() > before, "this many were looked through by itself, were it not for the sweep"
        del kept
    finally:
        gc.unfreeze()


async def test_nothing_is_looked_through_while_none_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_LOOK_S", 0.001)
    asked: list[bool] = []
    gc.collect()
    async with sweeping([True], asked):
        for _ in range(20):
            await asyncio.sleep(0.002)
    assert asked == []
