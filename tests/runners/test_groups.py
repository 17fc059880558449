"""Control groups: found where they are delegated, left alone elsewhere; real ones wherever this machine lets."""

import os
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from runners import groups
from runners.groups import Groups, NoGroups, open_groups, own_group
from runners.local import LocalRunner
from runners.models import Limits, Output
from tests.runners.conftest import InDocker, job, leftovers, run, runner_behind, with_light_zygote

HYBRID = """41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
"""
UNIFIED = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
MOUNTED_BELOW = "30 24 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n"
SERVICE = "0::/system.slice/epoch.service\n"


@pytest.mark.parametrize(
    ("cgroup", "mountinfo", "found"),
    [
        (SERVICE, UNIFIED, "/sys/fs/cgroup/system.slice/epoch.service"),
        ("0::/\n", UNIFIED, "/sys/fs/cgroup"),
        ("4:memory:/x\n0::/a b\n", HYBRID, "/sys/fs/cgroup/unified/a b"),
        ("0::/docker/abc/x\n", MOUNTED_BELOW, "/sys/fs/cgroup/x"),
        ("0::/elsewhere\n", MOUNTED_BELOW, None),
        ("0::/../other\n", MOUNTED_BELOW, None),
        ("4:memory:/x\n", HYBRID, None),
        (SERVICE, "", None),
    ],
)
def test_the_group_of_a_process_is_found_by_its_mount(cgroup: str, mountinfo: str, found: str | None) -> None:
    assert own_group(cgroup, mountinfo) == (Path(found) if found else None)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What looks like a group that systemd has delegated to a plain user."""
    home = tmp_path / "epoch.service"
    home.mkdir()
    texts = {"controllers": "cpu io memory pids", "subtree_control": "", "procs": f"{os.getpid()}", "type": "domain"}
    for name, text in texts.items():
        (home / f"cgroup.{name}").write_text(text)
    monkeypatch.setattr(groups, "own_group", lambda *_: home)
    monkeypatch.setattr(groups, "is_ours", lambda _: True)
    return home


def test_processes_are_moved_down_and_controllers_passed_on(service: Path) -> None:
    (service / "epoch-host").mkdir()
    made = open_groups()
    assert made.controllers == {"cpu", "memory", "pids"}
    assert (service / "epoch-host" / "cgroup.procs").read_text() == str(os.getpid())
    assert (service / "cgroup.subtree_control").read_text() == "+cpu +memory +pids"


def test_a_group_without_a_controller_of_memory_is_not_used(service: Path) -> None:
    (service / "cgroup.controllers").write_text("cpu pids\n")
    with pytest.raises(NoGroups, match="no controller of memory"):
        open_groups()
    assert (service / "cgroup.subtree_control").read_text() == ""


def test_a_group_that_is_not_ours_is_left_alone(service: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "is_ours", lambda _: False)
    with pytest.raises(NoGroups, match="not delegated"):
        open_groups()
    assert (service / "cgroup.subtree_control").read_text() == ""


def test_a_job_is_held_to_its_limits_by_its_group(service: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The kernel makes these files with the folder.
    made = ["memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "cpu.weight", "cgroup.procs", "cpu.stat"]
    real = Path.mkdir

    def mkdir(self: Path) -> None:
        real(self)
        for name in made:
            (self / name).touch()

    monkeypatch.setattr(Path, "mkdir", mkdir)
    group = Groups(service, frozenset({"cpu", "memory", "pids"})).make(Limits(memory_mb=100, disk_mb=10, processes=7))
    (folder,) = service.glob("epoch-job-*")
    assert [(folder / name).read_text() for name in made[:5]] == [str(110 << 20), "0", "1", "7", "25"]
    for fd in group.fds:
        os.close(fd)


# --- real ones


@pytest.fixture
def real() -> Iterator[Groups]:
    """Groups below the one of this process, with whatever controllers there are."""
    try:
        found = open_groups(frozenset())
    except NoGroups as why:
        pytest.skip(str(why))
    yield found
    assert list(found.home.glob(f"epoch-job-{os.getpid()}-*")) == []


@pytest.fixture(params=["cold", "bubblewrap", "fallback", "warm", "warm fallback"])
async def grouped(request: pytest.FixtureRequest, real: Groups, monkeypatch: pytest.MonkeyPatch) -> LocalRunner:
    """A runner behind each wall, warm and cold, whose jobs have groups."""
    runner_behind(request.param if request.param in ("cold", "bubblewrap") else "cold")
    monkeypatch.setattr("runners.engine.CANARY", "print('canary: quick')")
    makers = {
        "cold": lambda: LocalRunner("full"),
        "bubblewrap": lambda: LocalRunner("bubblewrap"),
        "fallback": lambda: InDocker("fallback"),
        "warm": lambda: with_light_zygote(LocalRunner("full", warm=True)),
        "warm fallback": lambda: with_light_zygote(InDocker("fallback", warm=True)),
    }
    runner = makers[request.param]()
    await runner.open()
    runner.groups = real
    if request.param.startswith("warm"):
        assert await runner.warm_up(), runner.engine.why_broken
    return runner


async def test_a_job_runs_in_its_group_and_nothing_of_it_elsewhere(grouped: LocalRunner, real: Groups) -> None:
    script = """
        import os, time
        if os.fork() == 0: time.sleep(600)
        print(sorted(map(int, os.listdir("/proc/self/fd")))[:3], flush=True)
        time.sleep(600)
    """
    try:
        async with aclosing(grouped.run(job(script))) as events:
            async for event in events:
                if isinstance(event, Output):
                    assert event.text == "[0, 1, 2]\n"
                    (folder,) = real.home.glob(f"epoch-job-{os.getpid()}-*")
                    inside = {int(pid) for pid in (folder / "cgroup.procs").read_text().split()}
                    scripts = {each.pid for each in leftovers() if each.name().startswith("left")}
                    assert len(inside) == 2
                    assert inside == scripts
                    break
        assert not leftovers()
    finally:
        await grouped.close()


async def test_cpu_time_of_children_that_are_discarded_unseen_is_counted(grouped: LocalRunner) -> None:
    script = """
        import os, signal, time
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            if os.fork() == 0:
                until = time.process_time() + 0.02
                while time.process_time() < until: pass
                os._exit(0)
            try: os.wait()
            except ChildProcessError: pass
    """
    try:
        result = await run(grouped, script, cpu_s=0.5)
        assert result.ended == ("timeout", "cpu")
        grouped.groups = None
        assert (await run(grouped, script, cpu_s=0.5, wall_s=3.0)).ended == ("timeout", "wall")  # negative control
    finally:
        await grouped.close()


async def test_memory_past_the_limit_is_refused_by_the_kernel(grouped: LocalRunner, real: Groups) -> None:
    try:
        if not real.controllers >= groups.NEEDED:
            pytest.skip(f"the group {real.home} passes on no controllers of memory and processes")
        burst = """
            import mmap
            m = mmap.mmap(-1, 1 << 30, flags=mmap.MAP_PRIVATE)
            for at in range(0, 1 << 30, 4096): m[at] = 1
            print("WORKED")
        """
        result = await run(grouped, burst, memory_mb=100)
        assert result.ended == ("memory", "memory")
        assert "WORKED" not in result.text()
    finally:
        await grouped.close()
