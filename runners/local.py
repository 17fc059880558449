"""The local runner: one walled process tree a job, on this machine.

    Job → wall (probe) → warm: zygote, or cold: Launch → Session → events

A job runs warm when the zygote is up, and cold while it starts or where it does not work: behind the same wall.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from importlib.util import find_spec
from pathlib import Path

from runners import fonts, launch
from runners.engine import LARGE, Engine
from runners.errors import WallRequired
from runners.folders import run_folder, sweep
from runners.fonts import FontList
from runners.groups import Groups, NoGroups, open_groups
from runners.models import Condition, Event, Job, Limits
from runners.probe import WallReport, choose_wall, find_bwrap
from runners.session import NotTaken, Session
from runners.visible import PythonHome, python_home
from runners.walls.table import AUTO, WALLS, Wall, WallChoice
from runners.ways import Cold, Warm

log = logging.getLogger(__name__)


class LocalRunner:
    """Runs jobs on this machine behind the best wall that works.

    Args:
        wall: `auto`, or a wall by name, which then has to work.
        cache_dir: where to keep what speeds up the next start (matplotlib's list of fonts); None keeps it in memory.
        warm: whether to keep a zygote, which starts behind the first job: a single run is over sooner without.
        slots: how many jobs its user runs at once; each gets its share of the cores.
        hidden: folders that no job may see, wherever they lie; Epoch's own packages are hidden anyway.
    """

    def __init__(
        self, wall: WallChoice = AUTO, cache_dir: Path | None = None, *, warm: bool = False, slots: int = 1,
        hidden: Sequence[Path] = (),
    ) -> None:  # fmt: skip
        self._slots = slots
        self._choice = wall
        self._report: WallReport | None = None
        #: What makes a control group for each job, where there are any.
        self.groups: Groups | None = None
        self._opening = asyncio.Lock()
        self._sessions: set[Session] = set()
        self._home: PythonHome = python_home(hidden)
        self._fonts = FontList(cache_dir)
        self._making_fonts = asyncio.Lock()
        self._wants_warm = warm
        self.engine = Engine(lambda: self.launching("zygote", Limits()))
        #: Each starts behind the first job that names its package: who never asks for one pays no memory for it.
        self.large = {
            name: Engine(lambda: self.launching("zygote", Limits()), name) for name in LARGE if find_spec(name)
        }

    @property
    def report(self) -> WallReport:
        """Which wall is in use and why no better one; probes at the first call, which blocks for a moment.

        Raises:
            runners.errors.WallUnavailable: the wall asked for by name does not work here.
        """
        if self._report is None:
            if swept := sweep(owners=(os.geteuid(), launch.NOBODY) if os.geteuid() == 0 else (os.geteuid(),)):
                log.info("removed %d folders of runs that were killed", swept)
            self._report = choose_wall(self._choice)
            self.groups = _groups_if_any()
            if self._report.why_not_better:
                log.warning("wall: %s; %s; fix: %s", self._report.wall, self._report.why_not_better, self._report.fix)
            else:
                log.info("wall: %s", self._report.wall)
        return self._report

    @property
    def wall(self) -> Wall:
        """The wall jobs stand behind; `WALLS` tells what may run behind it."""
        return self.report.wall

    @property
    def condition(self) -> Condition:
        """How the engine is at this moment."""
        if self._report is None:
            return "starting"
        if not self._may_be_warm:
            return "cold"
        up: dict[str, Condition] = {"idle": "starting", "starting": "starting", "ready": "ready"}
        return up.get(self.engine.state, "broken")

    @property
    def _may_be_warm(self) -> bool:
        return self._wants_warm and WALLS[self.wall].warm

    async def open(self) -> WallReport:
        """Probe without blocking the event loop; `run` does it too, so this only brings it forward."""
        async with self._opening:
            if self._report is None:
                await asyncio.to_thread(getattr, self, "report")
            return self.report

    async def warm_up(self) -> bool:
        """Wait until the engine is warm; False where jobs will run cold. Worth it for several jobs, not for one."""
        await self.open()
        return self._may_be_warm and await asyncio.wrap_future(self.engine.start())

    async def run(self, job: Job) -> AsyncGenerator[Event, None]:
        """Run `job` and yield its events; closing the iterator kills everything first.

        Raises:
            runners.errors.WallRequired: before any event, when there is no wall and the script is not the accepted one.
            runners.errors.WallUnavailable: before any event, when the wall asked for by name does not work.
        """
        await self.open()
        self._admit(job)
        if self._may_be_warm and (engine := self._engine_for(job)).ready:
            try:
                async with aclosing(self._follow(Session(job, Warm(engine), self.wall, self.groups))) as events:
                    async for event in events:
                        yield event
                self._start_large(job)
                return
            except NotTaken:
                log.warning("the zygote went away before it took %s, which now starts cold", job.name)
        if self._fonts.missed_by(job.script):
            await self._make_fonts(job)
        async with aclosing(self._play_cold(job)) as events:
            async for event in events:
                yield event
        if self._may_be_warm:
            self.engine.start()  # not beside this job, which would share its time with it; the next one finds it
            self._start_large(job)

    def _engine_for(self, job: Job) -> Engine:
        """Return the engine that has at hand what the job imports, or else the one of every job."""
        having = (engine for name, engine in self.large.items() if engine.ready and _imports(job, name))
        return next(having, self.engine)

    def _start_large(self, job: Job) -> None:
        for name in job.imports:
            if name in self.large:
                self.large[name].start()

    async def _play_cold(self, job: Job) -> AsyncGenerator[Event, None]:
        with self.launching("guard", job.limits) as ready:
            async with aclosing(self._follow(Session(job, Cold(ready), self.wall, self.groups))) as events:
                async for event in events:
                    yield event

    async def _follow(self, session: Session) -> AsyncGenerator[Event, None]:
        self._sessions.add(session)
        try:
            async with aclosing(session.events()) as events:
                async for event in events:
                    yield event
        finally:
            self._sessions.discard(session)

    async def close(self) -> None:
        """Stop all jobs, each one's consumer still getting its `stopped`, and end the zygote."""
        sessions = tuple(self._sessions)
        for session in sessions:
            session.stop()
        for session in sessions:
            await session.over()
        for engine in (self.engine, *self.large.values()):
            await asyncio.to_thread(engine.close)

    async def _make_fonts(self, wanted_by: Job) -> None:
        """Make the list of fonts; the job that wants it would otherwise have spent the same time on it."""
        async with self._making_fonts:
            if self._fonts.missed_by(wanted_by.script):
                with run_folder() as folder:
                    async with aclosing(self._play_cold(Job(fonts.SCRIPT, out_dir=folder))) as events:
                        async for _ in events:
                            pass
                    self._fonts.keep(folder)

    def _admit(self, job: Job) -> None:
        if not (WALLS[self.wall].any_script or job.accepted):
            raise WallRequired(
                f"{job.name} is not an unmodified example of the packaged bank, and no wall works here to run it "
                f"behind: {self.report.why_not_better}; {self.report.fix}"
            )

    @property
    def going(self) -> int:
        """How many jobs run."""
        return len(self._sessions)

    @contextmanager
    def launching(self, what: str, limits: Limits) -> Iterator[launch.Launch]:
        """Yield how a guard or a zygote (`what`) is started behind this runner's wall."""
        if WALLS[self.wall].bubblewrap:
            bwrap = find_bwrap()
            assert bwrap  # the probe has run it
            with launch.bubblewrap(
                bwrap, self._home, limits, self._fonts.file, wall=self.wall, what=what, slots=self._slots
            ) as ready:
                yield ready
        else:
            with run_folder() as folder:
                yield launch.bare(self.wall, self._home, folder, self._fonts.file, what, self._slots)


def _imports(job: Job, name: str) -> bool:
    """Whether a job imports a package, as it says or as its source shows."""
    return name in job.imports or re.search(rf"^\s*(?:import|from)\s+{name}\b", job.script, re.MULTILINE) is not None


def _groups_if_any() -> Groups | None:
    try:
        groups = open_groups()
    except NoGroups as why:
        log.debug("no control group for each job: %s", why)
        return None
    log.info("each job has a control group below %s: %s", groups.home, ", ".join(sorted(groups.controllers)))
    return groups
