"""The two ways to a guard: a process of its own, or a fork of the zygote. What talks to it sees no difference."""

from __future__ import annotations

import asyncio
import socket
from typing import Protocol

from runners.engine import Engine
from runners.launch import Launch
from runners.models import Job
from runners.tree import kill_tree

GuardExit = asyncio.Future[None]
Fds = tuple[int, ...]


class Way(Protocol):
    """How one job's guard comes to be, and how it is ended when it does not end by itself."""

    warm: bool

    async def start(
        self, job: Job, source: bytes, stdin: bytes, report: socket.socket, out: int, err: int, group: Fds = ()
    ) -> GuardExit:
        """Start the guard.

        Args:
            job: what to run.
            source: the script, encoded.
            stdin: text for standard input, encoded.
            report: the guard's end of its socket.
            out: descriptor of the script's standard output.
            err: descriptor of its standard error.
            group: descriptors of its control group, if it has one.

        Returns:
            What is done when nothing of the job is left.

        Raises:
            OSError: it could not be started.
        """
        ...

    def kill(self) -> None:
        """End the guard, and with it the job."""
        ...


class Cold:
    """A process for one job."""

    warm = False

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self._process: asyncio.subprocess.Process | None = None

    async def start(
        self, job: Job, source: bytes, stdin: bytes, report: socket.socket, out: int, err: int, group: Fds = ()
    ) -> GuardExit:
        """See `Way.start`."""
        # From the loop's own thread: the kernel ends a `--die-with-parent` child with the thread that made it.
        self._process = process = await asyncio.create_subprocess_exec(
            *self._launch.cold(job, source, stdin, report.fileno(), group),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            pass_fds=(report.fileno(), *group, *self._launch.data_fds),
            env=self._launch.env,
            cwd=self._launch.cwd,
            start_new_session=True,  # Ctrl-C in a terminal is the front's to handle
        )

        async def gone() -> None:
            await process.wait()

        return asyncio.ensure_future(gone())

    def kill(self) -> None:
        """See `Way.kill`."""
        if self._process and self._process.returncode is None:
            kill_tree(self._process.pid)


class Warm:
    """A fork of the zygote."""

    warm = True

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._number = 0

    async def start(
        self, job: Job, source: bytes, stdin: bytes, report: socket.socket, out: int, err: int, group: Fds = ()
    ) -> GuardExit:
        """See `Way.start`."""
        ticket = self._engine.hand_over(job, source, stdin, (report.fileno(), out, err, *group))
        self._number = ticket.number
        return asyncio.ensure_future(asyncio.wrap_future(ticket.gone))

    def kill(self) -> None:
        """See `Way.kill`."""
        self._engine.kill(self._number)
