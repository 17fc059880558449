"""What stands on each machine of a cluster: a local runner, its jobs' events and files sent to the front.

An instance lives in an actor of Ray's, one a machine; nothing here needs Ray itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from runners.errors import RunnerError
from runners.folders import run_folder
from runners.local import LocalRunner
from runners.models import Artifact, Event, Job
from runners.probe import WallReport
from runners.walls.table import WallChoice


@dataclass(frozen=True, slots=True)
class Parcel:
    """A collected file as it is sent to the front, which checks it like a file from a guard."""

    name: str
    content: bytes


#: A refusal travels as a value: raised, it would come wrapped in an error of Ray's.
StreamPiece = Event | Parcel | RunnerError


class ClusterNode:
    """The runner of one machine of a cluster.

    Args:
        wall: as `LocalRunner` takes it.
        warm: whether to keep a zygote.
        slots: how many jobs run at once here.
    """

    def __init__(self, wall: WallChoice, *, warm: bool, slots: int = 1) -> None:
        self._runner = LocalRunner(wall, warm=warm, slots=slots)
        self._playing: dict[int, asyncio.Task[None]] = {}
        self._never: set[int] = set()  # stopped before they came

    async def open(self) -> WallReport | RunnerError:
        """Find the wall of this machine."""
        try:
            return await self._runner.open()
        except RunnerError as error:
            return error

    async def warm_up(self) -> bool:
        """See `Runner.warm_up`."""
        return await self._runner.warm_up()

    async def pid(self) -> int:
        """Return the process this runs in."""
        return os.getpid()

    async def run(self, number: int, job: Job) -> AsyncGenerator[StreamPiece, None]:
        """Run a job to its end or until it is stopped, whether or not anybody takes what it yields."""
        if number in self._never:
            self._never.discard(number)
            return
        pieces: asyncio.Queue[StreamPiece | None] = asyncio.Queue()  # bounded by the job's limits
        playing = self._playing[number] = asyncio.create_task(self._play(job, pieces))
        try:
            while (piece := await pieces.get()) is not None:
                yield piece
            with contextlib.suppress(asyncio.CancelledError):
                await playing
        finally:
            playing.cancel()
            del self._playing[number]

    async def stop(self, number: int) -> None:
        """End a job; nothing of it runs when this returns."""
        playing = self._playing.get(number)
        if playing is None:
            self._never.add(number)
            return
        playing.cancel()
        await asyncio.wait([playing])

    async def close(self) -> None:
        """See `Runner.close`."""
        await self._runner.close()

    async def _play(self, job: Job, pieces: asyncio.Queue[StreamPiece | None]) -> None:
        try:
            with run_folder() as folder:
                async with aclosing(self._runner.run(replace(job, out_dir=folder))) as events:
                    async for event in events:
                        if not isinstance(event, Artifact):
                            pieces.put_nowait(event)
                        elif event.path:
                            pieces.put_nowait(Parcel(event.name, await asyncio.to_thread(event.path.read_bytes)))
        except RunnerError as error:
            pieces.put_nowait(error)
        finally:
            pieces.put_nowait(None)
