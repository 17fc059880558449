"""The real `epoch serve` as a process of its own, in an environment that holds nothing but what a test gives it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import perf_counter

import psutil

from tests.kept import one_at_a_time

ROOT = Path(__file__).resolve().parents[2]
#: What a program needs of its surroundings to start at all.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "LD_LIBRARY_PATH", "TMPDIR")


class Serve:
    """One `epoch serve` under way; `stderr` grows as it writes."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._read = asyncio.gather(self._drain("stdout"), self._drain("stderr"))
        self._known: list[psutil.Process] = []
        self.stdout = ""
        self.stderr = ""

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def family(self) -> list[psutil.Process]:
        """Return the process and everything below it."""
        me = psutil.Process(self.pid)
        return [me, *me.children(recursive=True)]

    async def ended(self, timeout: float = 60.0) -> int:
        """Wait for it to end by itself and return its exit status, with all it wrote in `stdout` and `stderr`."""
        async with asyncio.timeout(timeout):
            status = await self._process.wait()
            await asyncio.shield(self._read)  # a time-out must not end the reading
        return status

    async def terminate(self, timeout: float = 10.0) -> tuple[int, float]:
        """Send SIGTERM; return the exit status and how many seconds it took, `TimeoutError` if too many."""
        self._known = self.family()
        began = perf_counter()
        self._process.terminate()
        status = await self.ended(timeout)
        return status, perf_counter() - began

    def send(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    async def kill(self) -> None:
        """End it and all its children for good, those too that outlived it."""
        if self._process.returncode is None:
            self._known += self.family()
        for member in self._known:
            with suppress(psutil.NoSuchProcess):
                member.kill()
        await self.ended()

    async def _drain(self, name: str) -> None:
        stream = getattr(self._process, name)
        while data := await stream.read(4096):
            setattr(self, name, getattr(self, name) + data.decode(errors="replace"))


@asynccontextmanager
async def serving(
    folder: Path,
    environment: Mapping[str, str],
    command: Sequence[str] = ("-m", "bot", "serve"),
    under: Sequence[str] = (),
) -> AsyncIterator[Serve]:
    """Start `epoch serve` in `folder`, with no `.env` there and no setting but `environment`; end it at the end.

    With `under`, the program that is started is one that starts it.
    """
    process = await asyncio.create_subprocess_exec(
        *under, sys.executable, *command, cwd=folder, env=_surroundings(folder, environment),
        stdin=asyncio.subprocess.DEVNULL, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    served = Serve(process)
    try:
        yield served
    finally:
        await served.kill()


def build_cache(folder: Path, timeout: float = 500.0) -> None:
    """Have the index built in `folder`, by the one command that needs it and then ends; it may be there already."""
    environment = _surroundings(folder, {"EPOCH_CACHE_DIR": str(folder)})
    command = [sys.executable, "-m", "bot", "ask", "what is a GAN?"]
    with one_at_a_time(folder):
        subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, timeout=timeout, check=True)


def _surroundings(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    fixed = {
        "HOME": str(folder), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1",
        "HF_HUB_OFFLINE": "1",
    }  # fmt: skip
    return {**passed_on, **fixed, **environment}


def still_running(family: list[psutil.Process], patience_s: float = 10.0) -> list[str]:
    """Return those that live on; a zombie is over, its parent just hasn't asked.

    A process that was killed is gone only when the kernel has taken its memory back, for TensorFlow's on a busy
    machine a while later: whoever still runs after `patience_s` was not killed.
    """
    until = time.monotonic() + patience_s
    while True:
        alive = [one for one in family if _lives(one)]
        if not alive or time.monotonic() > until:
            return [f"{one.pid} {called(one)}" for one in alive]
        time.sleep(0.05)


def called(process: psutil.Process) -> str:
    """Return a process's name, empty when it is gone."""
    with suppress(psutil.NoSuchProcess):
        return str(process.name())
    return ""


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
