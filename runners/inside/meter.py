"""What a job uses right now: memory, CPU and tasks, summed over its processes.

Resident size (RSS) summed comes from `/proc/<pid>/stat` in one go. It counts a page shared after a fork once for each
process, and all that a fork got from its zygote, so it can only be too high: when it passes the limit, the proportional
size (PSS) decides, which counts each page once. PSS alone would be exact and too slow: the kernel walks every page
table for it, twenty times a second.
"""

from __future__ import annotations

import os
import time

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
MiB = 1024 * 1024
#: Between two looks at PSS while nothing grows: writing to inherited pages does not show in RSS.
_PSS_EVERY_S = 0.5
_GROWTH_MB = 32.0
#: For one look: a swarm of processes must not keep the guard from its other duties.
_BUDGET_S, _VERDICT_S = 0.02, 5.0


class Usage:
    """One look at the job. `cpu_s` holds what the seen processes and their reaped children used."""

    def __init__(self, sizes: dict[int, int], cpu_s: float, tasks: int) -> None:
        self.sizes = sizes
        self.rss_mb = sum(sizes.values()) / MiB
        self.cpu_s = cpu_s
        self.tasks = tasks


class Memory:
    """Keeps an eye on memory: RSS at every look, PSS when that says it may matter.

    Args:
        limit_mb: the job's limit.
    """

    def __init__(self, limit_mb: float) -> None:
        self.limit_mb = limit_mb
        self.now_mb = 0.0
        self.peak_mb = 0.0
        self._rss_mb = 0.0
        self._at = 0.0
        self._known: dict[int, float] = {}  # pid → PSS, the one measured longest ago first
        self._inherited_mb = 0.0  # what of one process's PSS it only inherited, as the guard did

    def look(self, usage: Usage, now: float) -> float:
        """Return MiB in use, as far as they are known; above the limit only when all was measured just now."""
        grown = usage.rss_mb - self._rss_mb
        step = (self.limit_mb - self.now_mb) / 2 if usage.rss_mb > self.limit_mb else _GROWTH_MB
        if usage.sizes and (grown > min(step, _GROWTH_MB) or now - self._at > _PSS_EVERY_S):
            whole = self._measure(usage, _BUDGET_S)
            if not whole and self._sum(usage) > self.limit_mb:
                # Figures of different moments count twice what was shared in between: nobody is killed on those.
                whole = self._measure(usage, _VERDICT_S)
            if whole:
                self._rss_mb, self._at = usage.rss_mb, now
            self.now_mb = self._sum(usage)
            self.peak_mb = max(self.peak_mb, self.now_mb)
        return self.now_mb

    def _sum(self, usage: Usage) -> float:
        return max(0.0, sum(self._known.values()) - self._inherited_mb * len(usage.sizes))

    def _measure(self, usage: Usage, budget_s: float) -> bool:
        """Measure each process, or as many as the time allows; return whether all were."""
        known = {pid: size for pid, size in self._known.items() if pid in usage.sizes}
        new = [pid for pid in usage.sizes if pid not in known]
        until = time.monotonic() + budget_s
        self._inherited_mb = shared_mb()
        for number, pid in enumerate([*new, *known]):
            if number and time.monotonic() > until:
                self._known = known
                return False
            known.pop(pid, None)
            known[pid] = _pss(pid) / MiB
        self._known = known
        return True


def anonymous_mb() -> float:
    """Return the MiB of this process that belong to no file: what a fork of it shares. 0 where there is no `/proc`."""
    try:
        with open("/proc/self/statm", "rb") as file:
            fields = file.read().split()
    except OSError:
        return 0.0
    return (int(fields[1]) - int(fields[2])) * _PAGE / MiB


def shared_mb() -> float:
    """Return this process's share (PSS) of the memory that it has in common with others and that belongs to no file."""
    pss = private = 0
    try:
        with open("/proc/self/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss_Anon:"):
                    pss = int(line.split()[1])
                elif line.startswith(b"Private_Dirty:"):
                    private = int(line.split()[1])
    except OSError:
        return 0.0
    return max(0, pss - private) / 1024


def look(guard: int, everything: bool) -> Usage:
    """Sum up the job.

    Args:
        guard: pid of the guard, which is not counted.
        everything: whether every process in `/proc` is the job's (a pid namespace), or only the guard's descendants.

    Returns:
        The usage; all zero where there is no `/proc`.
    """
    if everything or (pids := _offspring(guard)) is None:
        stats = {pid: stat for pid in _pids() if pid != guard and (stat := _stat(pid))}
        if not everything:
            found = _descendants(guard, {pid: stat[0] for pid, stat in stats.items()})
            stats = {pid: stats[pid] for pid in found}
    else:
        stats = {pid: stat for pid in pids if (stat := _stat(pid))}
    return Usage(
        {pid: stat[3] for pid, stat in stats.items()},
        sum(stat[1] for stat in stats.values()),
        sum(stat[2] for stat in stats.values()),
    )


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


def _descendants(root: int, parents: dict[int, int]) -> tuple[int, ...]:
    found: list[int] = []
    frontier = {root}
    while frontier:
        frontier = {pid for pid, parent in parents.items() if parent in frontier}
        found += frontier
    return tuple(found)


def _pss(pid: int) -> int:
    """Return the proportional size of a process's own memory (no file's) in bytes; RSS where it cannot be read."""
    total = whole = 0
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss:"):
                    whole = int(line.split()[1])
                elif line.startswith((b"Pss_Anon:", b"Pss_Shmem:")):
                    total += int(line.split()[1])
    except OSError:
        # A process may make itself unreadable; then its whole resident size counts against the job.
        stat = _stat(pid)
        return stat[3] if stat else 0
    return (total or whole) * 1024  # before Linux 5.4 there is only the sum


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
