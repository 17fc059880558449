"""Ending a process with all that it has started, from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from runners.inside import meter

#: How long to go on against a program that forks to stay ahead, while the event loop waits.
PATIENCE_S = 5.0


def kill_tree(pid: int) -> None:
    """Kill a process of this one, its descendants first: those of bubblewrap and of a guard outlive one killed before.

    As long as it lives it takes in whatever has lost its parent, so nothing slips away while the rest is killed.
    """
    until = time.monotonic() + PATIENCE_S
    while living := _living_descendants(pid):
        for each in living:
            _kill(each)
        if time.monotonic() > until:  # and not a moment is lost meanwhile: it is a race
            break
    _kill(pid)


def _living_descendants(pid: int) -> list[int]:
    return [each for each in meter.look(pid, everything=False).sizes if _lives(each)]


def _lives(pid: int) -> bool:
    """Whether a process runs, or a thread of it; a dead one may only wait for its parent."""
    try:
        with open(f"/proc/{pid}/task/{pid}/stat", "rb") as file:
            dead = file.read().rpartition(b")")[2].split()[0] in (b"Z", b"X")
        return not dead or len(os.listdir(f"/proc/{pid}/task")) > 1
    except OSError:
        return False


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
