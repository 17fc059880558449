"""An engine that is closed while it still imports."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil

from runners.local import LocalRunner
from tests.discord.process import still_running


async def test_closing_an_engine_that_still_imports_leaves_nothing_of_it(tmp_path: Path) -> None:
    runner = LocalRunner(cache_dir=tmp_path, warm=True)
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    warming = asyncio.create_task(runner.warm_up())
    async with asyncio.timeout(60):
        while runner.engine.state != "starting" or not runner.engine.pid:
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)  # the walls go up
    family = [child for child in psutil.Process().children(recursive=True) if child.pid not in before]
    assert family, "there was nothing to end"
    assert runner.engine.state == "starting"
    await runner.close()
    await warming
    assert still_running(family) == []
