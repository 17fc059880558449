"""Control groups on a kernel that has their controllers: one of its own, user-mode Linux, in a process of the test.

The host's kernel often gives its controllers to version 1, or to nobody: then nothing else here shows what it does at
`memory.max` and `pids.max`. The walls around a job are another matter; this kernel has no Landlock.
"""

from __future__ import annotations

import errno
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
KERNEL = shutil.which("linux.uml")
MOUNTS = """#!/bin/sh
mount -t proc proc /proc
mount -t tmpfs tmpfs /mnt
mkdir /mnt/groups
mount -t cgroup2 cgroup2 /mnt/groups
echo '{{"step": "started"}}'
cd {root}
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH={root} {python} -m tests.runners.in_kernel /mnt/groups
echo o > /proc/sysrq-trigger
sleep 60
"""
pytestmark = pytest.mark.skipif(KERNEL is None, reason="no linux.uml here: install the package user-mode-linux")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What `in_kernel` told, by step."""
    init = tmp_path_factory.mktemp("kernel") / "init"
    init.write_text(MOUNTS.format(root=ROOT, python=sys.executable))
    init.chmod(0o755)
    assert KERNEL is not None
    command = [KERNEL, "rootfstype=hostfs", "rootflags=/", "rw", f"init={init}", "mem=600M", "quiet"]
    consoles = ["con=null", "con0=null,fd:1", "ssl=null"]
    result = subprocess.run(
        [*command, *consoles], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False
    )
    lines = [json.loads(line) for line in result.stdout.splitlines() if line.startswith('{"step"')]
    if not lines:
        pytest.skip(f"user-mode Linux does not start here: {result.stdout[-300:]}{result.stderr[-300:]}")
    steps = {line.pop("step"): line for line in lines}
    assert "burnt" in steps, result.stdout[-3000:]
    return steps


def test_the_service_is_divided_its_processes_moved_down(said: dict[str, dict[str, Any]]) -> None:
    assert said["opened"] == {
        "home": True, "controllers": ["memory", "pids"], "passed_on": ["memory", "pids"],
        "own": "0::/epoch.service/epoch-host",
    }  # fmt: skip
    assert said["busy"] == {"errno": errno.EBUSY}  # the control: with its processes in it, it could not be divided


def test_the_kernel_takes_the_limits_as_they_are_written(said: dict[str, dict[str, Any]]) -> None:
    assert said["limits"] == {"memory.max": str(40 << 20), "memory.oom.group": "1", "pids.max": "7"}


def test_memory_beyond_the_limit_ends_the_whole_group_and_is_told(said: dict[str, dict[str, Any]]) -> None:
    killed = -signal.SIGKILL
    assert said["beyond"] == {"ended": killed, "sleeper": killed, "oom": True}
    assert said["within"] == {"ended": 0, "oom": False}
    assert said["no group"] == {"ended": 0}  # the control: the same program, held by nothing


def test_more_processes_than_the_limit_are_refused_and_all_killed_at_the_end(said: dict[str, dict[str, Any]]) -> None:
    assert said["swarm"] == {"refused": errno.EAGAIN, "inside": 7, "ended": -signal.SIGKILL, "oom": False}


def test_cpu_time_is_told_and_no_group_stays(said: dict[str, dict[str, Any]]) -> None:
    assert said["burnt"]["ended"] == 0
    assert 0 < said["burnt"]["cpu_s"] < 5  # this kernel counts by its ticks, coarsely
    assert said["burnt"]["left"] == 0
