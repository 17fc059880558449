"""What a job uses right now: memory, CPU and tasks, summed over its processes."""

from __future__ import annotations

import os
from collections.abc import Collection

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
MiB = 1024 * 1024


class Usage:
    """What a job uses at one moment. `cpu_s` holds what the seen processes and their reaped children used."""

    def __init__(self, sizes: dict[int, int], cpu_s: float, tasks: int) -> None:
        self.sizes = sizes
        self.rss_mb = sum(sizes.values()) / MiB
        self.cpu_s = cpu_s
        self.tasks = tasks


def anonymous_mb() -> float:
    """Return the MiB of this process that belong to no file: what a fork of it shares. 0 where there is no `/proc`."""
    try:
        with open("/proc/self/statm", "rb") as file:
            fields = file.read().split()
    except OSError:
        return 0.0
    return (int(fields[1]) - int(fields[2])) * _PAGE / MiB


def look(guard: int, everything: bool) -> Usage:
    """Return what a job uses; the arguments are those of `processes`. All zero where there is no `/proc`."""
    stats = {pid: stat for pid in processes(guard, everything) if (stat := _stat(pid))}
    return Usage(
        {pid: stat[3] for pid, stat in stats.items()},
        sum(stat[1] for stat in stats.values()),
        sum(stat[2] for stat in stats.values()),
    )


def processes(guard: int, everything: bool) -> Collection[int]:
    """Return the pids of a job.

    Args:
        guard: pid of the guard, which is not counted.
        everything: whether every process in `/proc` is the job's (a pid namespace), or only the guard's descendants.
    """
    return [pid for pid in _pids() if pid != guard] if everything else descendants(guard)


def descendants(root: int) -> Collection[int]:
    """Return all descendants of a process; none where there is no `/proc`."""
    if (pids := _offspring(root)) is not None:
        return pids
    return _beneath(root, {pid: stat[0] for pid in _pids() if (stat := _stat(pid))})


def _pids() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except FileNotFoundError:
        return []


def _stat(pid: int) -> tuple[int, float, int, int] | None:
    """Return parent, CPU seconds, threads and resident bytes; None when the process is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
            text = file.read(4096)
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in brackets may hold anything, brackets and blanks too: count from the last one.
    fields = text[text.rfind(b")") + 2 :].split()
    if fields[0] in (b"Z", b"X"):
        return int(fields[1]), sum(map(int, fields[11:15])) / _TICK, 0, 0
    return int(fields[1]), sum(map(int, fields[11:15])) / _TICK, int(fields[17]), int(fields[21]) * _PAGE


def children(pid: int) -> list[int]:
    """Return the children of a process from the kernel's own lists.

    Raises:
        OSError: it is gone, or the kernel keeps no such lists.
    """
    found: list[int] = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children", "rb", buffering=0) as file:
            found += [int(word) for word in file.read(1 << 16).split()]
    return found


def _offspring(root: int) -> tuple[int, ...] | None:
    """Return all descendants by way of the lists of children; None where the kernel keeps none.

    Twenty times quicker than reading the whole of `/proc`, which is what catches a program that forks to stay ahead.
    """
    found: list[int] = []
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        try:
            young = children(pid)
            found += young
            waiting += young
        except (FileNotFoundError, ProcessLookupError):
            if pid == root:
                return None
    return tuple(found)


def _beneath(root: int, parents: dict[int, int]) -> tuple[int, ...]:
    found: list[int] = []
    frontier = {root}
    while frontier:
        frontier = {pid for pid, parent in parents.items() if parent in frontier}
        found += frontier
    return tuple(found)


def tasks_of(user: int) -> int:
    """Return how many processes and threads `user` runs, as RLIMIT_NPROC counts them."""
    count = 0
    for pid in _pids():
        try:
            if os.stat(f"/proc/{pid}").st_uid == user:
                count += len(os.listdir(f"/proc/{pid}/task"))
        except (FileNotFoundError, ProcessLookupError):
            continue
        except PermissionError:
            count += 1
    return count
