"""What watches `epoch serve` notices: a process that stays, a child left behind, a surrounding that leaks in."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest

from tests.discord.process import serving, still_running

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
LEAVES_A_CHILD = (
    "import subprocess, sys; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], stdout=subprocess.DEVNULL, "
    "stderr=subprocess.DEVNULL); print(child.pid, flush=True); sys.stdin.read(); child.wait()"
)


async def test_a_process_that_ignores_sigterm_is_noticed_and_ended_all_the_same(tmp_path: Path) -> None:
    async with serving(tmp_path, {}, ("-c", DEAF)) as served:
        async with asyncio.timeout(10):
            while "deaf" not in served.stdout:
                await asyncio.sleep(0.01)
        family = served.family()
        with pytest.raises(TimeoutError):
            await served.terminate(timeout=0.3)
        assert still_running(family) != []
    assert still_running(family) == []


async def test_a_child_left_behind_is_noticed(tmp_path: Path) -> None:
    async with serving(tmp_path, {}, ("-c", LEAVES_A_CHILD)) as served:
        async with asyncio.timeout(10):
            while len(family := served.family()) < 2:
                await asyncio.sleep(0.01)
        status, _ = await served.terminate()
        assert status == -15
        assert len(still_running(family)) == 1
    psutil.wait_procs(family, timeout=5)
    assert still_running(family) == []


async def test_nothing_of_the_surroundings_leaks_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "from outside")
    show = "import os; print(os.environ.get('DISCORD_TOKEN'), os.environ['EPOCH_LANG'], os.getcwd())"
    async with serving(tmp_path, {"EPOCH_LANG": "zh"}, ("-c", show)) as served:
        assert await served.ended(10) == 0
    assert served.stdout.split() == ["None", "zh", str(tmp_path)]
