"""The wall for root and for plain users, with the system's Python and with environments in awkward places."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from runners.launch import NOBODY
from runners.visible import PACKAGE, python_home, unreachable_ancestors
from tests.runners.conftest import TAG, leftovers, runner_behind

SYSTEM_PYTHON = "/usr/bin/python3"
PROGRAM = """
import asyncio, sys
from runners.local import LocalRunner
from runners.models import Job, Output, event_json
SCRIPT = '''
import os, sys
print(sys.prefix, os.getuid(), os.path.exists(sys.executable), sorted(os.listdir("/tmp")))
os.fork() or os._exit(0)
os.wait()
'''
async def main():
    async for event in LocalRunner("full").run(Job(SCRIPT, name="TAG.py")):
        print(event.text if isinstance(event, Output) else event_json(event), flush=True)
asyncio.run(main())
""".replace("TAG", TAG)


WARM = """
import asyncio
from runners.local import LocalRunner
from runners.models import Job, Output, event_json
SCRIPT = '''
import os, sys
open("/tmp/own", "w").close()
try:
    open(sys.prefix + "/pyvenv.cfg", "a")
except OSError as refused:
    print(sys.prefix, os.path.exists(sys.executable), refused.strerror, sorted(os.listdir("/tmp")))
'''
async def main():
    runner = LocalRunner("full", warm=True)
    await runner.warm_up()
    async for event in runner.run(Job(SCRIPT, name="TAG.py")):
        print(event.text if isinstance(event, Output) else event_json(event), flush=True)
    await runner.close()
asyncio.run(main())
""".replace("TAG", TAG)


def python_works(executable: str) -> bool:
    test = [executable, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    return os.path.exists(executable) and subprocess.run(test, check=False).returncode == 0


@pytest.fixture
def needs_full() -> None:
    runner_behind("cold")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can enter, with a copy of the package, straight under the temporary folder."""
    with tempfile.TemporaryDirectory(prefix="epoch-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(PACKAGE, folder / "runners", ignore=shutil.ignore_patterns("__pycache__"))
        subprocess.run(["chmod", "-R", "u=rwX,go=rX", name], check=True)
        yield folder


def play(executable: str, folder: Path, *before: str, program: str = PROGRAM) -> str:
    done = subprocess.run(
        [*before, executable, "-B", "-c", program], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert '"outcome":"ok"' in done.stdout, done.stdout
    return done.stdout


def as_nobody() -> list[str]:
    return ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", "--"]


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
needs_system_python = pytest.mark.skipif(not python_works(SYSTEM_PYTHON), reason="the system has no Python 3.11")


FALLBACK = """
import asyncio, sys
from runners.local import LocalRunner
from runners.models import Job, Output, event_json
SCRIPT = '''
import os
print(os.getuid(), open("x.txt", "w").write("x") == 1)
for path in ("/tmp/x", os.path.expanduser("~/../../x"), "/etc/hostname"):
    try:
        open(path, "a")
        print("opened", path)
    except OSError:
        pass
'''
async def main():
    runner = LocalRunner("fallback", warm=True)
    assert await runner.warm_up(), runner.engine.why_broken
    async for event in runner.run(Job(SCRIPT, name="TAG.py")):
        print(event.text if isinstance(event, Output) else event_json(event), flush=True)
    await runner.close()
asyncio.run(main())
""".replace("TAG", TAG)


@needs_root
@needs_system_python
def test_the_fallback_of_a_plain_user(open_folder: Path) -> None:
    runner_behind("fallback")
    before = set(Path(tempfile.gettempdir()).glob("epoch-*"))
    said = play(SYSTEM_PYTHON, open_folder, *as_nobody(), program=FALLBACK)
    assert f"{NOBODY} True" in said
    assert "opened" not in said
    assert '"warm":true' in said
    assert set(Path(tempfile.gettempdir()).glob("epoch-*")) <= before


DISK = """
import ctypes, os, sys, tempfile, time
from runners.inside.disk import Disk
folder, told = tempfile.mkdtemp(), os.pipe()
child = os.fork()
if child == 0:
    if sys.argv[1] == "hides":
        ctypes.CDLL(None).prctl(4, 0)  # PR_SET_DUMPABLE
    os.write(told[1], b"+")
    time.sleep(60 if sys.argv[1] != "ends" else 0)
    os._exit(0)
os.read(told[0], 1)
disk = Disk(folder, 64, 32, os.getpid())
if sys.argv[1] == "ends":
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)  # dead, and not reaped: its memory is gone
print(disk.is_over([child], 0))
if sys.argv[1] != "ends":
    os.kill(child, 9)
os.waitpid(child, 0)
os.rmdir(folder)
"""


@needs_system_python
@pytest.mark.parametrize(("way", "is_over"), [("ends", "False"), ("lives", "False"), ("hides", "True")])
def test_only_a_living_process_hides_what_it_holds(open_folder: Path, way: str, is_over: str) -> None:
    """A plain user's guard may not look at a process that has given up its memory: that is no attempt to hide."""
    before = as_nobody() if os.geteuid() == 0 else []
    done = subprocess.run(
        [*before, SYSTEM_PYTHON, "-B", "-c", DISK, way], cwd=open_folder, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == (is_over, "")


@needs_root
@needs_system_python
def test_a_plain_user_with_the_systems_python(needs_full: None, open_folder: Path) -> None:
    assert "/usr 1000 True" in play(SYSTEM_PYTHON, open_folder, *as_nobody())


@needs_system_python
def test_the_present_user_with_the_systems_python(needs_full: None, open_folder: Path) -> None:
    assert "/usr 1000 True" in play(SYSTEM_PYTHON, open_folder)


@needs_root
@needs_system_python
def test_a_plain_user_with_an_environment_in_a_private_home(needs_full: None, open_folder: Path) -> None:
    home = open_folder / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    home.chmod(0o700)
    venv = home / "venv"
    subprocess.run([*as_nobody(), SYSTEM_PYTHON, "-m", "venv", "--without-pip", venv], check=True, cwd="/")
    said = play(str(venv / "bin" / "python"), open_folder, *as_nobody())
    assert f"{venv} 1000 True" in said


@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_an_environment_under_tmp_even_in_a_private_folder(needs_full: None, open_folder: Path, mode: int) -> None:
    private = open_folder / "private"
    private.mkdir(mode=mode)
    venv = private / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    said = play(str(venv / "bin" / "python"), open_folder)
    assert f"{venv} 1000 True" in said
    assert f"['{open_folder.name}']" in said  # of all that lies in the real /tmp


def test_a_warm_job_reads_an_environment_under_tmp_and_cannot_change_it(open_folder: Path) -> None:
    runner_behind("full")
    venv = open_folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (venv / "pyvenv.cfg").chmod(0o666)  # so that nothing but the mount stands in the way
    said = play(str(venv / "bin" / "python"), open_folder, program=WARM)
    assert '"warm":true' in said
    assert f"{venv} True Read-only file system ['{open_folder.name}', 'own']" in said


def test_the_package_itself_may_lie_in_a_private_folder(needs_full: None, open_folder: Path) -> None:
    open_folder.chmod(0o700)
    assert " 1000 True" in play(sys.executable, open_folder)


@needs_root
def test_root_is_dropped_before_anything_hostile_runs(needs_full: None) -> None:
    program = PROGRAM.replace("os.wait()", "os.wait()\nprint('now')\nimport time; time.sleep(600)")
    process = subprocess.Popen([sys.executable, "-c", program], cwd=PACKAGE.parent, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        while "now" not in process.stdout.readline():
            assert process.poll() is None
        inside = [child for child in leftovers() if "guard.main" in str(child.cmdline()) and child.name() != "bwrap"]
        assert len(inside) == 2  # the guard and the script
        assert {child.uids() for child in inside} == {(NOBODY, NOBODY, NOBODY)}
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    psutil.wait_procs(leftovers(), timeout=3)


def test_only_what_stands_in_the_way_is_covered(tmp_path: Path) -> None:
    private, public = tmp_path / "private", tmp_path / "public"
    for folder in (private / "deep", public):
        folder.mkdir(parents=True)
    for folder in (tmp_path, public, private / "deep", *tmp_path.parents):
        if not folder.stat().st_mode & 0o001 and os.access(folder, os.W_OK) and folder.is_relative_to("/tmp"):
            folder.chmod(0o755)
    private.chmod(0o700)
    found = unreachable_ancestors([private / "deep" / "x", public / "x"])
    assert [folder for folder in found if folder.is_relative_to(tmp_path)] == [private]


def test_the_source_tree_of_an_editable_install_is_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    packages = tmp_path / "site-packages"
    packages.mkdir()
    source = tmp_path / "checkout"
    source.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(source), str(packages), str(PACKAGE.parent)])
    shown = [tree.shown_at for tree in python_home().trees]
    assert packages in shown
    assert source not in shown
    assert PACKAGE.parent not in shown
