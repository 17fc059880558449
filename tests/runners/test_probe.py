"""Which wall is chosen, and what a host is told when it is not the best."""

import logging
import os
from pathlib import Path

import pytest

from runners import probe
from runners.errors import WallRequired, WallUnavailable
from runners.local import LocalRunner
from runners.models import Job
from runners.probe import WallReport, choose_wall, explain
from tests.runners.conftest import run


def stand_in(folder: Path, says: str) -> Path:
    """A `bwrap` that only fails, saying something."""
    path = folder / "bwrap"
    path.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit 1\n")
    path.chmod(0o755)
    return path


def test_the_best_wall_that_works_is_taken(walled: LocalRunner) -> None:
    assert choose_wall("auto") == choose_wall("bubblewrap") == WallReport("bubblewrap", None, None)


def test_no_wall_can_be_asked_for() -> None:
    report = choose_wall("trusted")
    assert report.wall == "trusted"
    assert report.fix


def test_a_missing_binary_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "find_bwrap", lambda: None)
    assert choose_wall("auto") == WallReport("trusted", "bubblewrap is not installed", "apt install bubblewrap")
    with pytest.raises(WallUnavailable, match="not installed; apt install bubblewrap"):
        choose_wall("bubblewrap")


def test_a_binary_that_is_there_and_does_not_work_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = stand_in(tmp_path, "bwrap: Creating new namespace failed: Operation not permitted")
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
    monkeypatch.setattr(probe, "_kernel", lambda name: value if name == knob else None)
    assert fix in explain("bwrap: Creating new namespace failed: Permission denied").fix


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX")
def test_a_system_with_no_way_to_run_anything_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe.os, "name", "nt")
    with pytest.raises(WallUnavailable, match="WSL 2"):
        choose_wall("auto")


async def test_a_runner_without_a_wall_says_it_in_the_log_and_refuses(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(probe, "find_bwrap", lambda: None)
    runner = LocalRunner("auto")
    with pytest.raises(WallRequired, match="bubblewrap is not installed; apt install bubblewrap"):
        await run(runner, Job("print(1)"))
    assert runner.wall == "trusted"
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "apt install bubblewrap" in caplog.text


async def test_a_wall_asked_for_by_name_has_to_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "find_bwrap", lambda: None)
    with pytest.raises(WallUnavailable):
        await LocalRunner("bubblewrap").open()
