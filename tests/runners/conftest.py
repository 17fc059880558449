"""Running scripts for the tests: behind the wall, with no wall, and the proof that nothing is left of them."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from runners import launch
from runners.engine import Engine
from runners.errors import WallUnavailable
from runners.local import LocalRunner
from runners.models import Artifact, Event, Finished, Job, Limits, Output, Runner, Started

TAG = "left" + uuid.uuid4().hex[:12]
DOCKER = Path(__file__).with_name("docker.py")


@dataclass(frozen=True)
class Result:
    """What came out of a run."""

    events: list[Event]

    @property
    def started(self) -> Started:
        assert isinstance(self.events[0], Started)
        return self.events[0]

    @property
    def finished(self) -> Finished:
        assert isinstance(self.events[-1], Finished)
        return self.events[-1]

    @property
    def ended(self) -> tuple[str, str | None]:
        return self.finished.outcome, self.finished.limit

    @property
    def artifacts(self) -> list[Artifact]:
        return [event for event in self.events if isinstance(event, Artifact)]

    def text(self, stream: str = "stdout") -> str:
        return "".join(event.text for event in self.events if isinstance(event, Output) and event.stream == stream)


def job(script: str, **limits: float) -> Job:
    """A job whose processes can be told by their command line."""
    return Job(textwrap.dedent(script), name=f"{TAG}.py", limits=replace(Limits(wall_s=30.0), **limits))


async def run(runner: Runner, wanted: Job | str, **limits: float) -> Result:
    """Run to the end and check the shape that every run has."""
    wanted = job(wanted, **limits) if isinstance(wanted, str) else wanted
    result = Result([event async for event in runner.run(wanted)])
    assert isinstance(result.started, Started)
    assert isinstance(result.finished, Finished)
    assert all(isinstance(event, Output | Artifact) for event in result.events[1:-1])
    return result


def bare(script: str, cwd: Path, timeout: float = 20) -> str:
    """Run with no wall at all: the negative control of an attack. Returns both streams."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), TAG],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return done.stdout + done.stderr


def leftovers() -> list[psutil.Process]:
    """Processes of jobs that still run: forks of a zygote by their name, others by their command line."""
    found = []
    for process in psutil.process_iter():
        try:
            mine = process.name() == f"{TAG}.py"[:15] or any(TAG in word for word in process.cmdline())
            if process.pid != os.getpid() and mine:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


class InDocker(LocalRunner):
    """A runner whose guards and zygotes start as in a container of Docker's without extra privileges."""

    @contextmanager
    def launching(self, what: str, limits: Limits) -> Iterator[launch.Launch]:
        with super().launching(what, limits) as ready:
            yield replace(ready, argv=(sys.executable, "-I", str(DOCKER), *ready.argv))


def with_light_zygote(runner: LocalRunner) -> LocalRunner:
    """Give a runner a zygote that imports next to nothing and is up in a moment."""

    @contextmanager
    def without_list() -> Iterator[launch.Launch]:
        with runner.launching("zygote", Limits()) as ready:
            boot = ready.argv[-1].replace(
                "from runners.inside import zygote;",
                "from runners.inside import preload, zygote; preload.listed = lambda: ['random'];",
            )
            yield replace(ready, argv=(*ready.argv[:-1], boot))

    runner.engine = Engine(without_list)
    return runner


#: Each wall as it is used: warm, and `bubblewrap`, which is always cold. `cold`: the full wall while no zygote is up.
MAKERS: dict[str, Callable[[], LocalRunner]] = {
    "full": lambda: LocalRunner("full", warm=True),
    "fallback": lambda: InDocker("fallback", warm=True),
    "bubblewrap": lambda: LocalRunner("bubblewrap"),
    "cold": lambda: LocalRunner("full"),
}
_made: dict[str, LocalRunner | str] = {}


def runner_behind(name: str) -> LocalRunner:
    """The session's runner behind a wall, warm where it can be; skips, saying why, where the wall does not work."""
    if name not in _made:
        runner = MAKERS[name]()
        try:
            warm = runner.wall in ("full", "fallback") and name != "cold" and runner.engine.start().result()
            assert warm == (name in ("full", "fallback")), runner.engine.why_broken
            _made[name] = runner
        except WallUnavailable as error:
            _made[name] = str(error)
    made = _made[name]
    if isinstance(made, str):
        pytest.skip(made)
    return made


@pytest.fixture(scope="session", autouse=True)
def _engines_end() -> Iterator[None]:
    yield
    for runner in _made.values():
        if isinstance(runner, LocalRunner):
            runner.engine.close()


@pytest.fixture(params=["full", "fallback", "bubblewrap"])
def walled(request: pytest.FixtureRequest) -> LocalRunner:
    """A runner behind each wall that works here."""
    return runner_behind(request.param)


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    yield
    left = leftovers()
    for process in left:
        process.kill()
    assert not left, f"still running: {left}"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text("planted-secret")
    path.chmod(0o644)
    return path
