"""The same runner on a Ray cluster: one actor a machine, each with a local runner of its own.

    Job → a machine with a free slot → ClusterNode → LocalRunner → pieces → events

A machine lost in the middle of a job is noticed, and the job starts once more on another: a second `Started` says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from runners.artifacts import Shelf
from runners.cluster_node import ClusterNode, Parcel, StreamPiece
from runners.errors import ClusterUnavailable, RunnerError, WallRequired
from runners.models import Condition, Event, Finished, Job, MiB, Outcome, Started
from runners.probe import WallReport
from runners.session import to_the_end
from runners.walls.table import AUTO, NO_WALL, WALLS, Wall, WallChoice, strength

log = logging.getLogger(__name__)

SCHEME = "ray://"
ATTEMPTS = 2
#: How often the machines are counted anew, at most; and how long one that was lost is left alone.
LOOK_S = 5.0
SHUN_S = 20.0
#: How long a head may take to accept a connection, and a machine to start its actor.
CONNECT_S = 5.0
OPEN_S = 60.0
#: How much longer than its wall limit a job may go unheard of before its machine is taken for lost.
GRACE_S = 30.0
STOP_S = 20.0
CLOSE_S = 5.0


class _Lost(Exception):
    """The machine went away with a job on it."""


@dataclass(eq=False)
class _Machine:
    """One machine of the cluster; `actor` is a handle of Ray's, which has no types."""

    id: str
    host: str
    actor: Any
    report: WallReport
    busy: int = 0


class ClusterRunner:
    """Runs jobs on the machines of a Ray cluster, each behind its own machine's wall.

    Args:
        address: `ray://host:port` of the cluster's head, the port being that of `ray start --head` (6379). The machine
            this runs on has to be part of the cluster; with `--num-cpus=0` it gets no jobs.
        wall: as `LocalRunner` takes it, for every machine.
        slots: jobs at once on each machine.
        warm: whether each machine keeps a zygote.
        resized: told how many jobs fit at once whenever machines have come or gone; on the event loop.
    """

    def __init__(
        self,
        address: str,
        wall: WallChoice = AUTO,
        *,
        slots: int = 2,
        warm: bool = True,
        resized: Callable[[int], None] = lambda slots: None,
    ) -> None:
        self._address = address.removeprefix(SCHEME)
        self._choice = wall
        self._slots = slots
        self._warm = warm
        self.resized = resized
        self._numbers = count(1)
        self._machines: dict[str, _Machine] = {}
        self._shunned: dict[str, float] = {}
        self._problem = "it has no machine that takes jobs"
        self._connected = self._closing = False
        self._looked = float("-inf")
        self._lock = threading.Lock()
        self._looking: asyncio.Task[None] | None = None
        self._freed = asyncio.Condition()
        self._told = slots
        self._steps: set[asyncio.Future[StreamPiece]] = set()

    @property
    def wall(self) -> Wall:
        """The weakest of the machines' walls; connects at the first call, which blocks for seconds.

        Raises:
            runners.errors.ClusterUnavailable: nobody is there to run anything.
        """
        if not self._machines:
            self._look()
        return self._weakest().wall

    @property
    def condition(self) -> Condition:
        """Whether any machine takes jobs at this moment, as far as is known."""
        return "ready" if self._machines else "away"

    @property
    def hosts(self) -> list[str]:
        """Names of the machines that take jobs."""
        return sorted(each.host for each in self._machines.values())

    @property
    def busy(self) -> dict[str, int]:
        """How many jobs each machine has, by the id of its node."""
        return {each.id: each.busy for each in self._machines.values()}

    async def open(self) -> None:
        """Connect, and count the machines; `run` does it too.

        Raises:
            runners.errors.ClusterUnavailable: nobody is there to run anything.
        """
        if not self._machines:
            await asyncio.to_thread(self._look)
        elif self._looking is None and time.monotonic() - self._looked > LOOK_S:
            self._looking = asyncio.create_task(self._look_aside())  # nobody need wait for machines to come
        self._weakest()
        self._tell()

    async def warm_up(self) -> bool:
        """Wait until every machine is warm; False where one will run cold."""
        await self.open()
        warm = await asyncio.gather(*(_of(each.actor.warm_up.remote()) for each in self._machines.values()))
        return all(warm)

    async def run(self, job: Job) -> AsyncGenerator[Event, None]:
        """Run `job` on some machine and yield its events; closing the iterator kills it there first.

        Raises:
            runners.errors.WallRequired: before any event, when some machine has no wall and the script is no accepted
                one.
            runners.errors.ClusterUnavailable: before any event, when nobody is there to run anything.
        """
        await self.open()
        self._admit(job)
        began, started = time.monotonic(), False
        for _ in range(ATTEMPTS):
            machine = await self._take_slot()
            if machine is None:
                break
            try:
                async with aclosing(self._play(machine, job)) as events:
                    async for event in events:
                        started = True
                        yield event
                return
            except _Lost as error:
                log.error("lost %s with %s on it: %s", machine.host, job.name, error)
                if not self._closing:
                    await self._drop(machine)
            finally:
                await to_the_end(asyncio.ensure_future(self._free_slot(machine)))
            if self._closing:
                break
        if not started:
            yield Started(self._weakest().wall if self._machines else NO_WALL, warm=False)
        outcome: Outcome = "stopped" if self._closing else "sandbox_failed"
        took = time.monotonic() - began
        yield Finished(outcome, None, None, took, None, None, None, lost=not self._closing)

    async def close(self) -> None:
        """Stop all jobs, each one's consumer still getting its `stopped`, and leave the cluster."""
        self._closing = True
        if self._looking:
            await asyncio.wait([self._looking])
        if not self._connected:
            return
        closing = [asyncio.ensure_future(_of(each.actor.close.remote())) for each in self._machines.values()]
        if closing:
            await asyncio.wait(closing, timeout=STOP_S)
            await asyncio.gather(*(each for each in closing if each.done()), return_exceptions=True)
        for _ in range(int(CLOSE_S / 0.05)):
            if not self._steps:
                break
            await asyncio.sleep(0.05)  # what the jobs said last is on its way to their consumers
        for step in self._steps:
            step.cancel()
        await asyncio.to_thread(self._leave)
        self._closing = False

    # --- the machines

    async def _look_aside(self) -> None:
        import ray

        try:
            await asyncio.to_thread(self._look)
        except (ray.exceptions.RayError, RuntimeError, OSError) as error:
            log.error("the machines of %s cannot be counted: %s", self._address, _line(error))
            self._looked = time.monotonic()
        finally:
            self._looking = None
        self._tell()
        async with self._freed:
            self._freed.notify_all()

    def _look(self) -> None:
        """Take in machines that are new, forget those that are gone. Blocks for seconds when there are new ones."""
        with self._lock:
            if self._machines and time.monotonic() - self._looked < LOOK_S:
                return  # another has just done it
            self._connect()
            import ray

            nodes: Callable[[], list[dict[str, Any]]] = ray.nodes
            found = {each["NodeID"]: each for each in nodes() if each["Alive"] and each["Resources"].get("CPU")}
            for gone in self._machines.keys() - found.keys():
                self._machines.pop(gone, None)
            now = time.monotonic()
            self._shunned = {each: when for each, when in self._shunned.items() if now - when < SHUN_S}
            new = [each for each in found if each not in self._machines and each not in self._shunned]
            actors = {each: self._settle(each) for each in new}  # all of them first: they start side by side
            for each, actor in actors.items():
                host = str(found[each]["NodeManagerHostname"])
                try:
                    report = ray.get(actor.open.remote(), timeout=OPEN_S)
                except (ray.exceptions.RayError, ray.exceptions.GetTimeoutError) as error:
                    report = RunnerError(f"{_line(error)}; install the same version of Epoch there")
                if isinstance(report, RunnerError):
                    self._problem = f"{host} takes no jobs: {report}"
                    log.error("%s", self._problem)
                    self._shunned[each] = time.monotonic()
                    ray.kill(actor)
                else:
                    log.info("%s takes jobs; wall: %s", host, report.wall)
                    self._machines[each] = _Machine(each, host, actor, report)
            self._looked = time.monotonic()

    def _connect(self) -> None:
        if self._connected:
            return
        host, _, port = self._address.rpartition(":")
        try:
            os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
            import ray
        except ImportError:
            raise ClusterUnavailable("EPOCH_RUNNER asks for a Ray cluster, and Ray is not installed; "
                                     "pip install -e '.[ray]', or set EPOCH_RUNNER=local") from None  # fmt: skip
        fix = f"start it with `ray start --head --port={port}`, or set EPOCH_RUNNER=local"
        try:
            # Ray itself would try for minutes, and talk while it does.
            socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_S).close()
            logging.getLogger("ray").setLevel(logging.ERROR)
            ray.init(
                address=self._address, namespace="epoch", log_to_driver=False, configure_logging=False,
                ignore_reinit_error=False,
            )  # fmt: skip
        except (OSError, ValueError, RuntimeError) as error:
            raise ClusterUnavailable(f"no Ray cluster at {self._address} ({_line(error)}); {fix}") from error
        self._connected = True

    def _settle(self, node_id: str) -> Any:  # noqa: ANN401 - a handle of Ray's
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        actor = ray.remote(ClusterNode)
        there = NodeAffinitySchedulingStrategy(node_id, soft=False)
        placed = actor.options(num_cpus=0, scheduling_strategy=there)
        return placed.remote(self._choice, warm=self._warm, slots=self._slots)

    def _weakest(self) -> WallReport:
        reports = [each.report for each in list(self._machines.values())]
        if not reports:
            raise ClusterUnavailable(f"nothing runs on the Ray cluster at {self._address}: {self._problem}")
        return min(reports, key=lambda report: strength(report.wall))

    def _tell(self) -> None:
        slots = max(1, len(self._machines)) * self._slots
        if slots != self._told:
            self._told = slots
            self.resized(slots)

    def _leave(self) -> None:
        import ray

        with self._lock:
            for machine in self._machines.values():
                with contextlib.suppress(ray.exceptions.RayError):
                    ray.kill(machine.actor)
            self._machines.clear()
            ray.shutdown()
            self._connected, self._looked = False, float("-inf")

    # --- slots

    async def _take_slot(self) -> _Machine | None:
        """Wait for a slot on the machine with the most free ones; None when no machine is left."""
        async with self._freed:
            while True:
                machines = list(self._machines.values())
                if not machines and self._looking is None:
                    return None
                idlest = min(machines, key=lambda each: each.busy, default=None)
                if idlest and idlest.busy < self._slots:
                    idlest.busy += 1
                    return idlest
                await self._freed.wait()

    async def _free_slot(self, machine: _Machine) -> None:
        async with self._freed:
            machine.busy -= 1
            self._freed.notify_all()

    async def _drop(self, machine: _Machine) -> None:
        """Have no more to do with a machine, for a while."""
        import ray

        self._shunned[machine.id] = time.monotonic()
        if self._machines.get(machine.id) is machine:
            del self._machines[machine.id]
            self._tell()
        with contextlib.suppress(ray.exceptions.RayError):
            await asyncio.to_thread(ray.kill, machine.actor)

    # --- one job on one machine

    def _admit(self, job: Job) -> None:
        weakest = self._weakest()
        if not (WALLS[weakest.wall].any_script or job.accepted):
            raise WallRequired(
                f"{job.name} is not an unmodified example of the packaged bank, and no wall works on some machine of "
                f"the cluster: {weakest.why_not_better}; {weakest.fix}"
            )

    async def _play(self, machine: _Machine, job: Job) -> AsyncGenerator[Event, None]:
        """Yield the events of a job on `machine`.

        Raises:
            _Lost: the machine went away, or has not been heard of for too long.
        """
        number = next(self._numbers)
        shelf = Shelf(job.limits.artifacts, job.limits.artifact_mb * MiB, job.out_dir)
        names: dict[str, int] = {}
        written: set[Path] = set()
        deadline = time.monotonic() + job.limits.wall_s + GRACE_S
        stream = machine.actor.run.options(num_returns="streaming").remote(number, replace(job, out_dir=None))
        gone = False
        try:
            while True:
                try:
                    piece = await self._next(stream, deadline - time.monotonic())
                except _Lost:
                    gone = True
                    for path in written:  # of a run that counts no more
                        path.unlink(missing_ok=True)
                    raise
                if isinstance(piece, RunnerError):
                    gone = True
                    raise piece
                if isinstance(piece, Parcel):
                    place = names.setdefault(piece.name, len(names))
                    artifact = await asyncio.to_thread(shelf.take, place, piece.name, piece.content)
                    if artifact is None:
                        continue
                    if artifact.path:
                        written.add(artifact.path)
                    yield artifact
                    continue
                gone = isinstance(piece, Finished)  # it comes when nothing of the job is left
                yield piece
                if gone:
                    return
        finally:
            if not gone:
                await to_the_end(asyncio.ensure_future(self._stop(machine, number)))

    async def _next(self, stream: Any, timeout: float) -> StreamPiece:  # noqa: ANN401 - a generator of Ray's
        """Return the next piece.

        Raises:
            _Lost: there will be none.
        """
        import ray

        step = asyncio.ensure_future(_following(stream))
        self._steps.add(step)
        try:
            done, _ = await asyncio.wait([step], timeout=max(0.0, timeout))
            if not done:
                raise _Lost("it has not been heard of for too long")
            return step.result()
        except StopAsyncIteration:
            raise _Lost("its answer broke off") from None
        except asyncio.CancelledError:
            if step.cancelled() and self._closing:
                raise _Lost("the runner was closed") from None
            raise
        except ray.exceptions.RayError as error:
            raise _Lost(_line(error)) from error
        finally:
            step.cancel()
            self._steps.discard(step)

    async def _stop(self, machine: _Machine, number: int) -> None:
        import ray

        stopping = asyncio.ensure_future(_of(machine.actor.stop.remote(number)))
        done, _ = await asyncio.wait([stopping], timeout=STOP_S)
        try:
            if not done:
                raise _Lost("it does not stop a job")
            stopping.result()
        except (_Lost, ray.exceptions.RayError) as error:
            log.error("lost %s: %s", machine.host, _line(error))
            await self._drop(machine)


async def _of(ref: Any) -> Any:  # noqa: ANN401 - a reference of Ray's
    return await ref


async def _following(stream: Any) -> StreamPiece:  # noqa: ANN401 - a generator of Ray's
    piece: StreamPiece = await (await anext(stream))
    return piece


def _line(error: BaseException) -> str:
    """Return what an error says, in one line that a person reads."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(error).__name__
