"""Hostile programs against the guard that watches them, and against the clean-up behind them.

Each has a control: the same program with nothing around it gets what it wants, or shows that its trick is real here.
"""

import asyncio
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import aclosing, suppress
from pathlib import Path

import psutil
import pytest

from runners.folders import PREFIX, sweep
from runners.inside.remove import remove
from runners.local import LocalRunner
from runners.models import Output
from runners.walls import libc, seccomp, syscalls
from tests.runners.conftest import TAG, bare, job, leftovers, run, runner_behind
from tests.runners.test_artifacts import png
from tests.runners.test_attacks import held

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def fallback() -> LocalRunner:
    return runner_behind("fallback")


@pytest.fixture(params=["full", "fallback", "bubblewrap", "cold", "cold fallback"])
def anyhow(request: pytest.FixtureRequest) -> LocalRunner:
    """A runner behind each wall, warm and cold."""
    return cold_fallback() if request.param == "cold fallback" else runner_behind(request.param)


def cold_fallback() -> LocalRunner:
    runner_behind("fallback")  # skips where it does not work
    return LocalRunner("fallback")


# --- what stops a guard from watching


async def test_a_folder_that_comes_and_goes_unreadable_does_not_end_the_guard(anyhow: LocalRunner) -> None:
    attack = """
        import os, time
        if os.fork() == 0:
            time.sleep(600)
        while True:
            try:
                os.mkdir("x", 0); os.rmdir("x")
            except OSError:
                pass
    """
    for _ in range(3):  # it is a race
        result = await run(anyhow, attack, wall_s=1.0)
        assert result.ended == ("timeout", "wall")
        assert result.finished.cpu_s is not None  # the guard itself ended it, and told
        assert not leftovers()


COUNT = """
import os
from runners.inside import disk
os.chdir(FOLDER)
child = os.fork()
if child == 0:
    while True:
        os.mkdir("x", 0); os.rmdir("x")
try:
    top = os.open(".", os.O_RDONLY)
    for _ in range(5000):
        disk.tree(top, 100)
    try:
        for _ in range(100_000):
            os.scandir("x").close()
            os.chmod("x", 0o700)
    except PermissionError:
        print("met it closed")
    except FileNotFoundError:
        print("gone between two calls")
    print("counted")
finally:
    os.kill(child, 9)
    os.wait()
"""


def test_a_folder_that_comes_and_goes_unreadable_is_no_trouble_for_a_count(open_folder: Path) -> None:
    said = as_plain_user(COUNT.replace("FOLDER", repr(str(open_folder))), open_folder)
    assert said.endswith("counted\n")
    assert said != "counted\n"  # negative control: by path it is met closed, or gone between two calls


RENAME = """
    import os, tempfile
    scratch = os.path.realpath(tempfile.gettempdir())
    os.rename(scratch, scratch + "-renamed")
    print("renamed", flush=True)
"""
LINK = '    os.symlink("/usr", scratch)\n'


@pytest.mark.parametrize("then", ["", LINK])
async def test_the_scratch_folder_renamed_with_or_without_a_link_in_its_place_is_no_failure(
    anyhow: LocalRunner, then: str
) -> None:
    result = await run(anyhow, RENAME + then + "    import time; time.sleep(0.5)")
    assert result.text() == "renamed\n"
    assert result.ended == ("ok", None)


async def test_a_storm_of_empty_files_beside_a_link_for_the_scratch_folder_is_ended(anyhow: LocalRunner) -> None:
    storm = "\n    n = 0\n    while True:\n        open(f'{scratch}-renamed/{n}', 'w').close(); n += 1"
    result = await run(anyhow, RENAME + LINK + storm, wall_s=120.0)
    assert result.ended == ("disk_limit", "disk")


@pytest.mark.parametrize("name", ["cold", "cold fallback"])
def test_a_report_that_nobody_reads_does_not_keep_the_guard_from_watching(name: str) -> None:
    """Six pictures, more than any socket takes, and then memory; who should read is busy with the first."""
    runner = cold_fallback() if name == "cold fallback" else runner_behind("cold")
    attack = f"""
        for n in range(6):
            open(f"{{n}}.png", "wb").write({png(30, 30)!r} + bytes(7_000_000))
        print("saved", flush=True)
        input()
        x = bytearray(400_000_000); x[::4096] = b"x" * len(x[::4096])
        while True: pass
    """
    wanted = job(attack, memory_mb=200, disk_mb=128, wall_s=600.0)
    source = wanted.script.encode()
    ours, theirs = socket.socketpair()
    with ours, runner.launching("guard", wanted.limits) as launch:
        with theirs:
            ours.sendall(source + b"\n")
            process = subprocess.Popen(
                launch.cold(wanted, source, b"\n", theirs.fileno()),
                stdout=subprocess.PIPE, env=launch.env, cwd=launch.cwd,
                pass_fds=(theirs.fileno(), *launch.data_fds),
            )  # fmt: skip
        with process:
            assert process.stdout
            assert process.stdout.readline() == b"saved\n"
            scripts = [each for each in leftovers() if each.name() == f"{TAG}.py"[:15]]
            assert len(scripts) == 1
            assert psutil.wait_procs(scripts, timeout=60)[1] == []
            assert process.poll() is None  # the guard still has a report to get rid of
            ours.settimeout(10)
            said = b""
            while piece := ours.recv(1 << 20):
                said = (said + piece)[-1000:]
    assert b"end -9 memory " in said


async def test_what_the_looks_of_the_guard_cost_is_bounded_and_counted(walled: LocalRunner) -> None:
    attack = """
        import os, time
        for _ in range(150):
            if os.fork() == 0:
                time.sleep(600)
        while True:
            open("a.txt", "w").write("x")
            open("a.png", "w").write("x")
            time.sleep(0.002)
    """
    before = psutil.Process().cpu_times()
    spent: dict[psutil.Process, list[float]] = {}
    sampling = asyncio.create_task(sample_guards(walled.engine.pid if walled.engine.ready else os.getpid(), spent))
    result = await run(walled, attack, wall_s=4.0, processes=256)
    sampling.cancel()
    after = psutil.Process().cpu_times()
    assert result.ended == ("timeout", "wall")
    assert result.finished.cpu_s is not None
    assert result.finished.wall_s < 2.0 * 4.0  # to end a swarm is work for the kernel, on a machine at work
    # A guard's own time: a quarter of a core until the limit, and the end, which takes longer on a machine at work.
    guard_s = max(seen[-1] - seen[0] for seen in spent.values())
    assert 0.1 < guard_s < 0.25 * 4.0 + 1.0
    assert guard_s < result.finished.cpu_s
    if not walled.engine.ready:
        # The kernel's own sum of all that was started for this job, the start of an interpreter included.
        whole = after.children_user + after.children_system - before.children_user - before.children_system
        assert whole - result.finished.cpu_s < 1.0
    # To fork a zygote so often, and to clear that away, takes two to four seconds by itself, by the machine.
    assert result.finished.cpu_s < (6.0 if walled.engine.ready else 3.0)


async def sample_guards(pid: int, spent: dict[psutil.Process, list[float]]) -> None:
    """Note again and again what CPU time each guard under a process has had."""
    while True:
        for each in guards_of(pid):
            with suppress(psutil.NoSuchProcess):
                times = each.cpu_times()
                spent.setdefault(each, []).append(times.user + times.system)
        await asyncio.sleep(0.1)


STOPPED = {
    "the script": "os.kill(os.getpid(), signal.SIGSTOP)",
    "the script, by its child, which then stops too": """
        if os.fork() == 0:
            os.kill(os.getppid(), signal.SIGSTOP)
            os.kill(os.getpid(), signal.SIGSTOP)
        time.sleep(600)
    """,
}


@pytest.mark.parametrize("who", STOPPED)
async def test_a_job_that_is_stopped_ends_at_the_wall_limit(anyhow: LocalRunner, who: str) -> None:
    script = "import os, signal, time\n" + textwrap.dedent(STOPPED[who]) + "\nprint('went on', flush=True)\n"
    running = asyncio.create_task(run(anyhow, script, wall_s=2.0))
    stopped = 0
    while not running.done():
        stopped = max(stopped, sum(status_of(each) == psutil.STATUS_STOPPED for each in leftovers()))
        await asyncio.sleep(0.05)
    result = await running
    assert stopped == (2 if "child" in who else 1)  # really stopped, and nothing wakes it
    assert result.ended == ("timeout", "wall")
    assert result.text() == ""
    assert 2.0 <= result.finished.wall_s < 4.0


def status_of(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess):
        return str(process.status())
    return ""


def guards_of(pid: int) -> list[psutil.Process]:
    """The guards under a process, by the name they give themselves."""
    return [child for child in psutil.Process(pid).children(recursive=True) if name_of(child) == "epoch-guard"]


def name_of(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess):
        return str(process.name())
    return ""


STORM = """
    import os, signal, time
    print(os.getcwd(), flush=True)
    os.makedirs("deep/" * 50)
    if os.fork() == 0:
        os.setsid()
        while True:
            try:
                if os.fork(): os._exit(0)
            except OSError:
                pass
    time.sleep(600)
"""


@pytest.mark.parametrize("warm", [True, False])
async def test_a_guard_that_is_killed_leaves_neither_processes_nor_files(warm: bool, fallback: LocalRunner) -> None:
    runner = fallback if warm else LocalRunner("fallback")
    place = None
    async with aclosing(runner.run(job(STORM))) as events:
        async for event in events:
            if isinstance(event, Output) and place is None:
                place = Path(event.text.strip()).parent
                assert place.exists()
                (guard,) = guards_of(runner.engine.pid if warm else os.getpid())
                guard.kill()
    assert place is not None
    assert not leftovers()
    assert not place.exists()
    assert (await run(runner, "print('next')")).text() == "next\n"


async def all_gone() -> None:
    """Wait until nothing of a job is left: the kernel clears a namespace after its outer process has been reaped."""
    async with asyncio.timeout(5):
        while leftovers():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("name", ["cold", "bubblewrap", "cold fallback"])
async def test_a_guard_that_hangs_is_ended_with_all_of_its_job(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runners.session.STOP_S", 0.3)
    runner = cold_fallback() if name == "cold fallback" else runner_behind(name)
    async with aclosing(runner.run(job(STORM, processes=64))) as events:
        async for event in events:
            if isinstance(event, Output):
                (guard,) = guards_of(os.getpid())
                guard.suspend()
                break
    await all_gone()


# --- the disk, where no file system of the job's own bounds it

HIDDEN = {
    "deleted and mapped": """
        import mmap
        held = []
        for n in range(20):
            with open("f", "w+b") as file:
                file.truncate(4 << 20)
                held.append(mmap.mmap(file.fileno(), 4 << 20))
            os.unlink("f"); os.closerange(3, 20)  # a mapping of Python's keeps a descriptor besides
            for at in range(0, 4 << 20, 4096): held[-1][at] = 1
    """,
    "deleted and open in a thread that has descriptors of its own, behind a first thread that has ended": """
        import ctypes, threading
        libc = ctypes.CDLL(None)
        def hold():
            held = []
            for n in range(20):
                held.append(open("f", "wb")); os.unlink("f"); held[-1].write(bytes(4 << 20)); held[-1].flush()
                time.sleep(0.05)
            print("WORKED", flush=True)
            time.sleep(600)
        threading.Thread(target=hold).start()
        libc.pthread_exit(None)
    """,
    "deleted and open in a program that nobody may read": """
        import shutil, stat, sys
        held = [os.open("f%d" % n, os.O_RDWR | os.O_CREAT) for n in range(20)]
        for fd in held:
            os.set_inheritable(fd, True)
        copy = os.open("hidden", os.O_WRONLY | os.O_CREAT, 0o100)
        os.write(copy, open("/usr/bin/sleep", "rb").read()); os.close(copy)
        if os.fork() == 0:
            for fd in range(3): os.dup2(os.open("/dev/null", os.O_RDWR), fd)
            os.execv("./hidden", ["hidden", "3"])
        for n, fd in enumerate(held):
            os.unlink("f%d" % n); os.write(fd, bytes(4 << 20)); os.close(fd)
    """,
    "too deep for a path": """
        for _ in range(1500):
            os.mkdir("deep"); os.chdir("deep")
        for n in range(20):
            open(f"{n}", "wb").write(bytes(4 << 20))
    """,
    "in folders that cannot be looked into": """
        for n in range(20):
            os.mkdir(f"{n}", 0o300)
            open(f"{n}/f", "wb").write(bytes(4 << 20))
    """,
    "written again and again": """
        with open("f", "wb") as file:
            for n in range(200):
                file.seek(0); file.write(bytes(1 << 20)); file.flush()
    """,
}


@pytest.mark.parametrize("how", HIDDEN)
async def test_disk_out_of_sight_is_bounded_too(fallback: LocalRunner, how: str, tmp_path: Path) -> None:
    """Eighty MiB, where eight may be held and thirty-two be written; none of it lies where a plain count looks."""
    attack = "import os, time\n" + textwrap.dedent(HIDDEN[how]) + "time.sleep(1)\nprint('WORKED', flush=True)\n"
    if "thread" not in how:  # that one stays
        (place := tmp_path / "bare").mkdir()
        assert "WORKED" in bare(attack, place)
        remove(str(place))  # pytest's own clean-up fails by recursion on the deep one, and hides the results
    result = await run(fallback, attack, disk_mb=8, wall_s=10.0)
    assert result.ended == ("disk_limit", "disk")
    assert "WORKED" not in result.text()


async def test_hard_links_are_counted_once(fallback: LocalRunner) -> None:
    script = """
        import os, time
        open("f", "wb").write(bytes(4 << 20))
        for n in range(20): os.link("f", f"g{n}")
        time.sleep(0.5)
    """
    assert (await run(fallback, script, disk_mb=8)).ended == ("ok", None)


async def test_disk_cannot_be_taken_without_writing(fallback: LocalRunner, tmp_path: Path) -> None:
    attack = """
        import ctypes
        libc = ctypes.CDLL(None)
        with open("f", "wb") as file:
            words = [ctypes.c_long(word) for word in (NUMBER, file.fileno(), 0, 0, 1 << 20)]
            print("WORKED" if libc.syscall(*words) == 0 else "no")
    """.replace("NUMBER", str(syscalls.REFUSED_BARE["fallocate"][seccomp.column_of(libc.machine())]))
    assert "WORKED" in bare(attack, tmp_path)
    assert "no" in await held(fallback, attack)
    allocate = "import os\nwith open('f', 'wb') as file: os.posix_fallocate(file.fileno(), 0, 1 << 20)\n"
    assert (await run(fallback, allocate + "print(os.path.getsize('f'))")).text() == f"{1 << 20}\n"


# --- the share of the processors


async def test_many_sessions_are_no_more_than_one_share_of_the_processors(walled: LocalRunner, tmp_path: Path) -> None:
    if not Path("/proc/self/autogroup").exists():
        pytest.skip("this kernel shares processors out by something else than sessions")
    script = """
        import os, time
        for _ in range(5):
            if os.fork() == 0:
                os.setsid()
                time.sleep(%s)
                os._exit(0)
        time.sleep(0.3)
        print("forked", flush=True)
        for _ in range(5): os.wait()
    """
    own = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script % 5), TAG], stdout=subprocess.PIPE)
    assert own.stdout
    own.stdout.readline()
    assert len(groups()) == 6  # negative control: one that asks for a session gets a share of its own
    for process in leftovers():
        process.kill()
    with own:
        pass
    seen: set[str] = set()
    async with aclosing(walled.run(job(script % 600))) as events:
        async for event in events:
            if isinstance(event, Output):
                async with asyncio.timeout(30):  # the kernel takes ten such wishes a second, of all guards together
                    while not (seen := groups()) or not all(group.endswith(" nice 5") for group in seen):
                        await asyncio.sleep(0.05)
                break
    assert len(seen) == 1


def groups() -> set[str]:
    """The groups in which the kernel counts processes of jobs when it shares processors out."""
    scripts = [each for each in leftovers() if each.name() == f"{TAG}.py"[:15] or each.name().startswith("python")]
    return {Path(f"/proc/{each.pid}/autogroup").read_text().strip() for each in scripts}


# --- the engine's own objects


async def test_a_program_finds_nothing_of_the_engines_above_its_own_frames_or_among_its_objects(
    anyhow: LocalRunner,
) -> None:
    attack = """
        import gc, sys
        frame, above = sys._getframe(), []
        while frame := frame.f_back:
            above.append(frame.f_code.co_name)
            for name, value in frame.f_locals.items():
                if type(value).__module__.startswith("runners.inside") or type(value).__name__ in ("socket", "Orders"):
                    print("WORKED", frame.f_code.co_name, name, value)
        gc.unfreeze()
        for each in gc.get_objects():
            kind = type(each)
            if kind.__module__ in ("runners.inside.zygote", "runners.inside.guard", "runners.inside.orders"):
                print("WORKED", kind)
            if kind.__module__ == "socket" and kind.__name__ == "socket":
                print("WORKED", each)
        print(above)
    """
    result = await run(anyhow, attack)
    assert result.ended == ("ok", None), result.text("stderr")
    assert "WORKED" not in result.text()
    assert result.text().endswith("'<lambda>', '<module>']\n")  # the script's start, the first line


# --- what is left when everything has ended


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of this test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_folders_of_a_bot_that_was_killed_are_swept_by_the_next_and_those_of_a_living_one_are_not(
    temporary: Path,
) -> None:
    program = f"""
import sys, tempfile, time
tempfile.tempdir = {str(temporary)!r}
from runners.folders import run_folder
with run_folder() as folder:
    (folder / "files").mkdir()
    print(folder, flush=True)
    sys.stdin.read()
"""
    bots = [
        subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdin=-1, stdout=-1, text=True) for _ in range(2)
    ]
    try:
        first, second = (Path(bot.stdout.readline().strip()) for bot in bots if bot.stdout)
        bots[0].kill()
        bots[0].wait()
        assert first.exists()
        assert sweep((os.geteuid(),)) == 1
        assert not first.exists()
        assert second.exists()
        assert sweep((os.geteuid(),)) == 0
    finally:
        for bot in bots:
            bot.kill()
            bot.communicate()
    assert second.exists()
    assert sweep((os.geteuid() + 1,)) == 0  # somebody else's
    assert sweep((os.geteuid(),)) == 1


def test_a_runner_sweeps_when_it_is_opened(temporary: Path) -> None:
    left = temporary / f"{PREFIX}left"
    (left / "files").mkdir(parents=True)
    (temporary / f"{PREFIX}link").symlink_to("/usr")
    assert LocalRunner("trusted").wall == "trusted"
    assert not left.exists()
    assert (temporary / f"{PREFIX}link").is_symlink()


BOT = """
import asyncio, tempfile
tempfile.tempdir = FOLDER
from runners.models import Job, Output
from tests.runners.conftest import InDocker
async def main():
    async for event in InDocker("fallback").run(Job("print('up')\\nimport time; time.sleep(600)", name="TAG.py")):
        if isinstance(event, Output): print("up", flush=True)
asyncio.run(main())
""".replace("TAG", TAG)


def test_a_bot_killed_in_the_fallback_leaves_an_empty_temporary_folder(fallback: LocalRunner, temporary: Path) -> None:
    for folder in (temporary, *temporary.parents[:2]):
        folder.chmod(0o755)
    temporary.chmod(0o1777)
    program = BOT.replace("FOLDER", repr(str(temporary)))
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE) as bot:
        assert bot.stdout
        assert bot.stdout.readline() == b"up\n"
        assert list(temporary.iterdir())
        family = psutil.Process(bot.pid).children(recursive=True)
        bot.kill()
    assert psutil.wait_procs(family, timeout=10)[1] == []
    assert list(temporary.iterdir()) == []


def remove_as_plain_user(folder: Path) -> None:
    """Remove a folder as the user that it belongs to, with few descriptors and little stack."""
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20)); sys.setrecursionlimit(100)\n"
        f"from runners.inside.remove import remove; remove({str(folder)!r})"
    )
    if os.geteuid() == 0:
        subprocess.run(["chown", "-hR", "65534:65534", folder], check=True)
    as_plain_user(program, folder.parent)


def as_plain_user(program: str, folder: Path) -> str:
    """Run a program as a user without rights; `folder`, which everybody can enter, is where it finds the package."""
    before = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    python = "/usr/bin/python3" if before else sys.executable
    command = [*before, python, "-B", "-c", program]
    done = subprocess.run(command, cwd=copy_of_package(folder), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def copy_of_package(folder: Path) -> Path:
    """The package where everybody can read it."""
    target = folder / "package"
    if not target.exists():
        shutil.copytree(ROOT / "runners", target / "runners", ignore=shutil.ignore_patterns("__pycache__"))
        subprocess.run(["chmod", "-R", "u=rwX,go=rX", target], check=True)
    return target


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder everybody can enter and change."""
    with tempfile.TemporaryDirectory(prefix="epoch-test-") as name:
        Path(name).chmod(0o777)
        yield Path(name)


def test_clean_up_follows_no_link_and_changes_no_mode_outside(open_folder: Path) -> None:
    outside = open_folder / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "65534:65534", outside], check=True)
    (outside / "kept").chmod(0o640)
    outside.chmod(0o750)
    place = open_folder / "place"
    (place / "a" / "b").mkdir(parents=True)
    for name in ("link", "a/link", "a/b/link", ".removed-1", ".removed-2"):
        (place / name).symlink_to(outside)
        (place / f"{name}-file").symlink_to(outside / "kept")
    remove_as_plain_user(place)
    assert not place.exists()
    link = open_folder / "link-in-place-of-the-folder"
    link.symlink_to(outside)
    remove_as_plain_user(link)
    assert sorted(each.name for each in outside.iterdir()) == ["kept"]
    assert stat.S_IMODE(outside.stat().st_mode) == 0o750
    assert stat.S_IMODE((outside / "kept").stat().st_mode) == 0o640


def test_clean_up_copes_with_a_tree_of_any_depth_names_and_rights(open_folder: Path) -> None:
    place = open_folder / "place"
    place.mkdir()
    program = """
import os
for n in range(1, 4):
    os.mkdir(f".removed-{n}"); open(f".removed-{n}/f", "w").close()
open(".removed-4", "w").close()
os.mkdir("many")
for n in range(50):
    os.makedirs(f"many/{n}/deeper"); open(f"many/{n}/f", "w").close()
for _ in range(3000):
    os.mkdir("d" * 100); os.chdir("d" * 100)
open("f", "w").close()
"""
    subprocess.run([sys.executable, "-c", program], cwd=place, check=True)
    (place / "closed" / "inner").mkdir(parents=True)
    (place / "closed").chmod(0)
    (place / "many" / "7").chmod(0)
    (place / "many").chmod(0o100)
    remove_as_plain_user(place)
    assert not place.exists()
