"""The bot is killed in the middle of a job: nothing of the job, its guard or the zygote outlives it."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.runners.conftest import MAKERS, TAG, leftovers, runner_behind

ROOT = Path(__file__).parents[2]
#: A job with a daemon that has left its group, its parent and its streams.
SCRIPT = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    os.closerange(0, 3)
    time.sleep(600)
print('up', flush=True)
time.sleep(600)
"""
BOT = """
import asyncio, hashlib, sys
from runners import engine
from runners.local import LocalRunner
from runners.models import Job, Output
from tests.runners.conftest import MAKERS, with_light_zygote

engine.CANARY = "print('canary: quick')"
name, tag, script = sys.argv[1:]
runner = MAKERS[name]() if name in MAKERS else LocalRunner("trusted")
if name in ("full", "fallback"):
    assert with_light_zygote(runner).engine.start().result()
accepted = hashlib.sha256(script.encode()).hexdigest()

async def main():
    async for event in runner.run(Job(script, name=f"{tag}.py", accepted_sha256=accepted)):
        if isinstance(event, Output):
            print(event.text, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("wall", [*MAKERS, "trusted"])
def test_a_bot_killed_in_the_middle_of_a_job_leaves_nothing_behind(wall: str) -> None:
    if wall != "trusted":
        runner_behind("cold" if wall == "full" else wall)  # skips where it does not work
    command = [sys.executable, "-c", BOT, wall, TAG, SCRIPT]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as bot:
        assert bot.stdout
        assert bot.stdout.readline() == "up\n"
        family = psutil.Process(bot.pid).children(recursive=True)
        assert leftovers()
        bot.kill()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    deadline = time.monotonic() + 10
    while leftovers() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert leftovers() == []
