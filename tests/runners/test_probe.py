"""Which wall is chosen, and what a host is told when it is not the best."""

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from runners import probe
from runners.errors import WallRequired, WallUnavailable
from runners.local import LocalRunner
from runners.models import Job
from runners.probe import WallReport, choose_wall, explain
from runners.walls import landlock
from runners.walls.table import Wall
from tests.runners.conftest import DOCKER, run, runner_behind


def stand_in(folder: Path, says: str) -> Path:
    """A `bwrap` that only fails, saying something."""
    path = folder / "bwrap"
    path.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit 1\n")
    path.chmod(0o755)
    return path


def without_bwrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "find_bwrap", lambda: None)


def without_any_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    without_bwrap(monkeypatch)
    monkeypatch.setattr(landlock, "version", lambda: 5)


def test_the_best_wall_that_works_is_taken() -> None:
    runner_behind("cold")
    assert choose_wall("auto") == choose_wall("full") == WallReport("full", None, None)


def test_where_bubblewrap_runs_by_itself_the_probe_finds_a_wall() -> None:
    """Many tests are skipped where the probe finds none: were the walls broken, all would be, and this one fails."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        pytest.skip("bubblewrap is not installed")
    command = [bwrap, "--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev", "--", "/bin/true"]
    alone = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    if alone.returncode != 0:
        pytest.skip(f"bubblewrap does not work here: {alone.stderr.strip()[:200]}")
    # Landlock is asked of the kernel: a `full` that is broken would be taken for one that cannot work here.
    assert choose_wall("auto").wall == ("full" if landlock.version() else "bubblewrap")
    assert choose_wall("bubblewrap").wall == "bubblewrap"


@pytest.mark.parametrize("name", ["bubblewrap", "fallback"])
def test_a_weaker_wall_can_be_asked_for_and_is_told_as_such(name: Literal["bubblewrap", "fallback"]) -> None:
    runner_behind(name)
    assert choose_wall(name) == WallReport(name, f"EPOCH_WALL asks for {name}", "set EPOCH_WALL=auto")


def test_without_bubblewrap_the_fallback_is_next(monkeypatch: pytest.MonkeyPatch) -> None:
    runner_behind("fallback")
    without_bwrap(monkeypatch)
    assert choose_wall("auto") == WallReport("fallback", "bubblewrap is not installed", "apt install bubblewrap")


def test_without_landlock_there_is_bubblewrap_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    runner_behind("bubblewrap")
    real = probe.tried

    def no_landlock(wall: Wall, bwrap: str) -> str | None:
        return "failed OSError: Landlock: not available in this kernel" if wall == "full" else real(wall, bwrap)

    monkeypatch.setattr(probe, "tried", no_landlock)
    report = choose_wall("auto")
    assert report.wall == "bubblewrap"
    assert report.why_not_better
    assert "no Landlock" in report.why_not_better
    assert "lsm=" in str(report.fix)


def test_in_a_container_of_dockers_the_fallback_is_found_and_the_reason_named() -> None:
    runner_behind("fallback")
    look = "from runners.probe import choose_wall; print(choose_wall())"
    command = [sys.executable, "-I", str(DOCKER), sys.executable, "-c", look]
    done = subprocess.run(command, cwd=DOCKER.parents[2], capture_output=True, text=True, check=True)
    assert "WallReport(wall='fallback', why_not_better='user namespaces are refused" in done.stdout
    assert "--security-opt seccomp=unconfined" in done.stdout


def test_no_wall_can_be_asked_for() -> None:
    report = choose_wall("trusted")
    assert report.wall == "trusted"
    assert report.fix


def test_a_missing_binary_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    without_any_wall(monkeypatch)
    assert choose_wall("auto") == WallReport("trusted", "bubblewrap is not installed", "apt install bubblewrap")
    with pytest.raises(WallUnavailable, match="takes its version 6, and here is version 5"):
        choose_wall("fallback")
    with pytest.raises(WallUnavailable, match="not installed; apt install bubblewrap"):
        choose_wall("bubblewrap")


def test_a_binary_that_is_there_and_does_not_work_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = stand_in(tmp_path, "bwrap: Creating new namespace failed: Operation not permitted")
    without_any_wall(monkeypatch)
    monkeypatch.setattr(probe, "find_bwrap", lambda: str(path))
    report = choose_wall("auto")
    assert report.wall == "trusted"
    assert report.why_not_better
    assert "user namespaces are refused" in report.why_not_better
    assert report.fix


def test_a_binary_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "bwrap"
    path.write_text("#!/bin/sh\nexec sleep 60\n")
    path.chmod(0o755)
    without_any_wall(monkeypatch)
    monkeypatch.setattr(probe, "find_bwrap", lambda: str(path))
    monkeypatch.setattr(probe, "TIMEOUT_S", 0.3)
    report = choose_wall("auto")
    assert report.wall == "trusted"
    assert report.why_not_better
    assert "took more than" in report.why_not_better


@pytest.mark.parametrize(
    ("said", "why", "fix"),
    [
        ("bwrap: Unknown option --size", "older than 0.8", "0.8 or newer"),
        ("bwrap: Unknown option --disable-userns", "older than 0.8", "0.8 or newer"),
        ("bwrap: setting up uid map: Permission denied", "user namespaces are refused", ""),
        ("bwrap: No permissions to create a new namespace, likely because…", "user namespaces are refused", ""),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "/proc", "systempaths=unconfined"),
        ("bwrap: Can't find source path /opt/py: Permission denied", "cannot be read", "chmod -R o+rX"),
        ("Fatal Python error: whatever", "a job behind bubblewrap failed (Fatal Python error", "update bubblewrap"),
        ("", "nothing said", ""),
    ],
)
def test_what_bubblewrap_says_becomes_a_reason_and_a_cure(said: str, why: str, fix: str) -> None:
    problem = explain(said)
    assert why in problem.why
    assert fix in problem.fix
    assert problem.fix


@pytest.mark.parametrize(
    ("knob", "value", "fix"),
    [
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "apparmor_restrict_unprivileged_userns=0"),
        ("kernel/unprivileged_userns_clone", "0", "unprivileged_userns_clone=1"),
        ("user/max_user_namespaces", "0", "max_user_namespaces"),
    ],
)
def test_the_kernels_own_switch_is_found(monkeypatch: pytest.MonkeyPatch, knob: str, value: str, fix: str) -> None:
    monkeypatch.setattr(probe, "kernel_setting", lambda name: value if name == knob else None)
    assert fix in explain("bwrap: Creating new namespace failed: Permission denied").fix


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX")
def test_a_system_with_no_way_to_run_anything_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe.os, "name", "nt")
    with pytest.raises(WallUnavailable, match="WSL 2"):
        choose_wall("auto")


async def test_a_runner_without_a_wall_says_it_in_the_log_and_refuses(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    without_any_wall(monkeypatch)
    runner = LocalRunner("auto")
    with pytest.raises(WallRequired, match="bubblewrap is not installed; apt install bubblewrap"):
        await run(runner, Job("print(1)"))
    assert runner.wall == "trusted"
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "apt install bubblewrap" in caplog.text


async def test_a_wall_asked_for_by_name_has_to_work(monkeypatch: pytest.MonkeyPatch) -> None:
    without_bwrap(monkeypatch)
    for wall in ("full", "bubblewrap"):
        with pytest.raises(WallUnavailable):
            await LocalRunner(wall).open()
