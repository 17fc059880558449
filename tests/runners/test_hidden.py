"""No job reads what Epoch installs: the bank's solutions lie among the packages that Python is shown with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runners.models import Wall
from runners.probe import choose_wall
from runners.visible import PACKAGE, python_home
from runners.walls.landlock import LIST, READ, around

SECRET = "exps / exps.sum(axis=-1)"
LOOK = """
import json, os, sys
sys.path.insert(0, SITE)
import beside

def reads(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError as error:
        return type(error).__name__

def writes(folder):
    try:
        open(os.path.join(folder, "mine.txt"), "w").close()
        return True
    except OSError:
        return False

found = []
for folder, _, files in os.walk(SITE):
    for name in files:
        if SECRET in reads(os.path.join(folder, name)):
            found.append(name)
imported = []
for name in ("knowledge.topics", "bot.settings", "runners.local"):
    try:
        __import__(name)
        imported.append(name)
    except (ImportError, OSError):
        continue
print(json.dumps({
    "direct": reads(os.path.join(SITE, "knowledge/topics/mean/drills/softmax/solution.py")),
    "found": found,
    "imported": imported,
    "beside": beside.ANSWER,
    "wrote": [name for name in ("", "knowledge", "bot", "runners") if writes(os.path.join(SITE, name))],
}))
"""
HOST = """
import asyncio, json, sys
site, wall, warm, script, bare = sys.argv[1:6]
sys.path.insert(0, site)
import runners
assert runners.__file__.startswith(site), runners.__file__
from runners import visible
if bare:
    visible._OWN = ()
from runners.local import LocalRunner
from runners.models import Job, Output, Finished

async def main():
    runner = LocalRunner(wall, warm=bool(warm))
    was_warm = await runner.warm_up() if warm else False
    said, outcome = "", ""
    async for event in runner.run(Job(script)):
        if isinstance(event, Output):
            said += event.text
        elif isinstance(event, Finished):
            outcome = event.outcome
    await runner.close()
    print(json.dumps({"warm": was_warm, "said": said, "outcome": outcome}))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with Epoch in it, as `pip install` leaves one."""
    import shutil

    site = tmp_path_factory.mktemp("venv").resolve() / "lib" / "python3" / "site-packages"
    shutil.copytree(PACKAGE, site / "runners", ignore=shutil.ignore_patterns("__pycache__"))
    drill = site / "knowledge" / "topics" / "mean" / "drills" / "softmax"
    for folder in (site / "bot", site / "knowledge", site / "knowledge" / "topics", drill, site / "beside"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").write_text("ANSWER = 42\n")
    (site / "bot" / "settings.py").touch()
    (drill / "solution.py").write_text(f"def softmax(x):\n    return {SECRET}\n")
    for path in (site, *site.parents):  # a job is another user, and pytest's folders are private
        if path.is_relative_to(site.parents[2]):
            path.chmod(0o755)
    return site


def looked(site: Path, wall: Wall, *, warm: bool = False, bare: bool = False) -> dict[str, Any]:
    """Return what a job finds, its runner being imported from the installed packages in a process of its own."""
    script = f"SITE, SECRET = {str(site)!r}, {SECRET!r}\n{LOOK}"
    run = subprocess.run(
        [sys.executable, "-c", HOST, str(site), wall, "1" if warm else "", script, "1" if bare else ""],
        capture_output=True, text=True, cwd="/", timeout=240,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    told = json.loads(run.stdout.splitlines()[-1])
    assert told["outcome"] == "ok", told
    assert told["warm"] == warm
    return dict(json.loads(told["said"].splitlines()[-1]))


def works(wall: Wall) -> bool:
    from runners.errors import WallUnavailable

    try:
        choose_wall(wall)
    except WallUnavailable:
        return False
    return True


WALLS: tuple[Wall, ...] = ("full", "bubblewrap", "fallback")


@pytest.mark.parametrize("wall", WALLS)
def test_a_job_reads_no_solution_of_an_installed_bank(installed: Path, wall: Wall) -> None:
    if not works(wall):
        pytest.skip(f"the wall {wall} does not work on this machine")
    found = looked(installed, wall)
    assert found["direct"] in ("FileNotFoundError", "PermissionError")
    assert found["found"] == []
    assert found["imported"] == []
    assert found["wrote"] == []
    assert found["beside"] == 42, "other packages are there"


@pytest.mark.parametrize("wall", WALLS)
def test_it_would_read_one_that_nothing_hides(installed: Path, wall: Wall) -> None:
    """Else the test above would hold of any tree."""
    if not works(wall):
        pytest.skip(f"the wall {wall} does not work on this machine")
    found = looked(installed, wall, bare=True)
    assert SECRET in str(found["direct"])
    assert found["found"] == ["solution.py"]
    assert {"knowledge.topics", "bot.settings"} <= {*found["imported"]}


@pytest.mark.parametrize("wall", ["full", "fallback"])
def test_nor_does_a_warm_job(installed: Path, wall: Wall) -> None:
    if not works(wall):
        pytest.skip(f"the wall {wall} does not work on this machine")
    found = looked(installed, wall, warm=True)
    assert found["direct"] in ("FileNotFoundError", "PermissionError")
    assert found["found"] == []
    assert found["wrote"] == []
    assert found["beside"] == 42


def test_rules_around_what_is_hidden_name_all_that_is_not(tmp_path: Path) -> None:
    for path in ("a/b/hidden/solution.py", "a/b/kept/module.py", "a/other.py", "c/d.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / "a" / "link").symlink_to(tmp_path / "a" / "b" / "hidden")
    rules = dict(around(str(tmp_path), [str(tmp_path / "a" / "b" / "hidden")]))
    assert rules == {
        str(tmp_path): LIST, str(tmp_path / "a"): LIST, str(tmp_path / "a" / "b"): LIST,
        str(tmp_path / "a" / "b" / "kept"): READ, str(tmp_path / "a" / "other.py"): READ, str(tmp_path / "c"): READ,
    }  # fmt: skip
    assert list(around(str(tmp_path / "c"), [str(tmp_path / "a")])) == [(str(tmp_path / "c"), READ)]
    assert not list(around(str(tmp_path / "a" / "link"), [str(tmp_path / "a" / "b" / "hidden")]))


def test_other_folders_are_hidden_where_a_job_would_see_them(tmp_path: Path) -> None:
    shown = Path(sys.prefix).resolve() / "lib"
    assert set(python_home([shown, tmp_path]).hidden) >= {shown}
    assert tmp_path not in python_home([shown, tmp_path]).hidden, "no job sees it anyway"
    assert shown not in python_home().hidden
