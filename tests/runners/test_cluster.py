"""The runner on a real cluster of Ray's: three machines that are this one, some of which are lost on the way."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from runners.cluster import ClusterRunner
from runners.cluster_local import LocalCluster, local_cluster
from runners.errors import ClusterUnavailable, WallRequired
from runners.models import Artifact, Event, Finished, Output, Started
from tests.runners.conftest import job, leftovers, run

pytest.importorskip("ray", reason="Ray is not installed (pip install -e '.[ray]')")

#: Of Ray: it leaves log files and sockets of its own open.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    before = {each.pid for each in psutil.Process().children(recursive=True)}
    with local_cluster() as made:
        made.machines = [made.add() for _ in range(3)]  # type: ignore[attr-defined]
        yield made
    left = [each for each in psutil.Process().children(recursive=True) if each.pid not in before]
    _, alive = psutil.wait_procs(left, timeout=10)
    assert not alive, f"still running: {alive}"


def machines(cluster: LocalCluster) -> list[Any]:
    found: list[Any] = cluster.machines  # type: ignore[attr-defined]
    return found


@asynccontextmanager
async def on(cluster: LocalCluster, **options: object) -> AsyncIterator[ClusterRunner]:
    while len(machines(cluster)) < 3:
        machines(cluster).append(cluster.add())
    runner = ClusterRunner(cluster.address, **{"warm": False, "slots": 1, **options})  # type: ignore[arg-type]
    try:
        await runner.open()
        yield runner
    finally:
        await runner.close()


async def watched(runner: ClusterRunner, script: str, seen: list[Event], **limits: float) -> list[Event]:
    async for event in runner.run(job(script, **limits)):
        seen.append(event)
    return seen


async def until(ready: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, "it never came to that"
        await asyncio.sleep(0.05)


def printed(seen: list[Event]) -> str:
    return "".join(event.text for event in seen if isinstance(event, Output))


async def test_a_job_on_a_cluster_is_like_any_other(
    cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "very-secret-token")
    async with on(cluster) as runner:
        assert len(runner.hosts) == 3
        script = """
            import os, sys
            print(dict(os.environ))
            print('oops', file=sys.stderr)
            open('notes.txt', 'w').write('hello')
            open('bad.png', 'w').write('no picture')
        """
        result = await run(runner, replace(job(script), out_dir=tmp_path / "out"))
        assert result.ended == ("ok", None)
        assert result.started.wall == runner.wall
        assert result.text("stderr") == "oops\n"
        assert "very-secret-token" not in result.text()
        assert "RAY" not in result.text()
        notes = Artifact("notes.txt", "text/plain", 5, tmp_path / "out" / "notes.txt")
        assert result.artifacts == [notes]
        assert [each.name for each in (tmp_path / "out").iterdir()] == ["notes.txt"]
        assert (tmp_path / "out" / "notes.txt").read_text() == "hello"
        failed = await run(runner, "1 / 0")
        assert failed.ended == ("error", None)
        assert "ZeroDivisionError" in failed.text("stderr")
        assert (await run(runner, "while True: pass", wall_s=1.0)).ended == ("timeout", "wall")

        times = {}
        async for event in runner.run(job("import time; print('first'); time.sleep(1); print('second')")):
            if isinstance(event, Output):
                times.setdefault(event.text.strip(), time.monotonic())
        assert times["second"] - times["first"] > 0.8, "output has to come while the program runs"

        stream = runner.run(job("import time; print('here'); time.sleep(60)"))
        async with aclosing(stream):
            async for event in stream:
                if isinstance(event, Output):
                    break
        assert not leftovers(), "the close has to wait until the job is gone"


async def test_jobs_spread_over_the_machines_and_closing_stops_them(cluster: LocalCluster) -> None:
    async with on(cluster) as runner:
        seen: list[list[Event]] = [[], [], []]
        script = "import time; print('here'); time.sleep(60)"
        tasks = [asyncio.create_task(watched(runner, script, each)) for each in seen]
        await until(lambda: all(printed(each) for each in seen))
        assert sorted(runner.busy.values()) == [1, 1, 1]
        assert len(leftovers()) >= 3
        await runner.close()
        await asyncio.gather(*tasks)
        for each in seen:
            assert isinstance(each[-1], Finished)
            assert each[-1].outcome == "stopped"
        assert not leftovers()


async def test_edited_code_is_refused_when_a_machine_has_no_wall(cluster: LocalCluster) -> None:
    async with on(cluster, wall="trusted") as runner:
        assert runner.wall == "trusted"
        with pytest.raises(WallRequired, match="cluster"):
            await run(runner, "print(1)")
        known = job("print('known')")
        known = replace(known, accepted_sha256=hashlib.sha256(known.script.encode()).hexdigest())
        assert (await run(runner, known)).text() == "known\n"


async def test_a_job_whose_machine_is_lost_begins_anew_elsewhere(cluster: LocalCluster, tmp_path: Path) -> None:
    sizes: list[int] = []
    async with on(cluster, resized=sizes.append) as runner:
        seen: list[Event] = []
        script = "import time; print('here'); time.sleep(3); print('there')"
        task = asyncio.create_task(watched(runner, script, seen))
        await until(lambda: printed(seen))
        lose_busy(cluster, runner)
        await task
        at = [number for number, event in enumerate(seen) if isinstance(event, Started)]
        assert len(at) == 2
        assert printed(seen[: at[1]]) == "here\n"
        assert printed(seen[at[1] :]) == "here\nthere\n"
        ends = [event for event in seen if isinstance(event, Finished)]
        assert [(end.outcome, end.lost) for end in ends] == [("ok", False)]
        assert seen[-1] is ends[0]
        assert sizes == [3, 2]


async def test_a_job_that_loses_two_machines_ends_and_says_so(cluster: LocalCluster) -> None:
    async with on(cluster) as runner:
        seen: list[Event] = []
        task = asyncio.create_task(watched(runner, "import time; print('here'); time.sleep(60)", seen))
        for times in (1, 2):
            await until(lambda times=times: printed(seen) == "here\n" * times)  # type: ignore[misc]
            lose_busy(cluster, runner)
        await task
        assert isinstance(seen[-1], Finished)
        assert (seen[-1].outcome, seen[-1].lost) == ("sandbox_failed", True)
        await until(lambda: not leftovers(), 10)


async def test_nobody_there_is_one_clear_line() -> None:
    runner = ClusterRunner("ray://127.0.0.1:1")
    with pytest.raises(ClusterUnavailable, match=r"^no Ray cluster at 127.0.0.1:1 \(.*refused\); start it"):
        await run(runner, "print(1)")
    await runner.close()


async def test_without_ray_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(ClusterUnavailable, match=r"pip install -e .\.\[ray\]"):
        await run(ClusterRunner("ray://127.0.0.1:6379"), "print(1)")


@pytest.mark.slow
async def test_under_load_every_job_ends_truly_and_none_twice(cluster: LocalCluster) -> None:
    async with on(cluster, slots=2) as runner:
        seen: list[list[Event]] = [[] for _ in range(24)]
        tasks = [
            asyncio.create_task(
                watched(runner, f"import time; print('begin {n}'); time.sleep(1.5); print('end {n}')", each)
            )
            for n, each in enumerate(seen)
        ]
        await until(lambda: any(isinstance(each[-1], Finished) for each in seen if each))
        lose_busy(cluster, runner)
        await asyncio.gather(*tasks)
        again = 0
        for n, each in enumerate(seen):
            at = [number for number, event in enumerate(each) if isinstance(event, Started)]
            again += len(at) == 2
            assert [event.outcome for event in each if isinstance(event, Finished)] == ["ok"]
            assert printed(each[at[-1] :]) == f"begin {n}\nend {n}\n"
        assert 1 <= again <= 2, "the machine that was lost had two slots"


def lose_busy(cluster: LocalCluster, runner: ClusterRunner) -> None:
    """Lose the machine with most to do."""
    busiest = max(runner.busy, key=runner.busy.__getitem__)
    assert runner.busy[busiest]
    lost = next(each for each in machines(cluster) if each.node_id == busiest)
    machines(cluster).remove(lost)
    cluster.lose(lost)
