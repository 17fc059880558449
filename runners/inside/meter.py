"""What a job uses right now: memory, CPU and tasks, summed over its processes.

Memory is resident size (RSS) summed, read from `/proc/<pid>/stat` in one go; it counts pages shared after a fork twice,
so when that sum passes the limit the proportional size (PSS), which counts each page once, decides. PSS alone would be
exact and too slow: the kernel walks every page table for it, twenty times a second.
"""

from __future__ import annotations

import os

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
MiB = 1024 * 1024


class Usage:
    """One look at the job. `cpu_s` holds what the seen processes and their reaped children used."""

    def __init__(self, pids: tuple[int, ...], rss_mb: float, cpu_s: float, tasks: int) -> None:
        self.pids = pids
        self.rss_mb = rss_mb
        self.cpu_s = cpu_s
        self.tasks = tasks


def look(guard: int, everything: bool) -> Usage:
    """Sum up the job.

    Args:
        guard: pid of the guard, which is not counted.
        everything: whether every process in `/proc` is the job's (a pid namespace), or only the guard's descendants.

    Returns:
        The usage; all zero where there is no `/proc`.
    """
    stats = {pid: stat for pid in _pids() if pid != guard and (stat := _stat(pid))}
    pids = tuple(stats) if everything else _descendants(guard, {pid: stat[0] for pid, stat in stats.items()})
    return Usage(
        pids,
        sum(stats[pid][3] for pid in pids) / MiB,
        sum(stats[pid][1] for pid in pids),
        sum(stats[pid][2] for pid in pids),
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


def _descendants(root: int, parents: dict[int, int]) -> tuple[int, ...]:
    found: list[int] = []
    frontier = {root}
    while frontier:
        frontier = {pid for pid, parent in parents.items() if parent in frontier}
        found += frontier
    return tuple(found)


def pss_mb(usage: Usage) -> float:
    """Return the proportional size of the job's processes in MiB; RSS for those that cannot be read."""
    return sum(_pss(pid) for pid in usage.pids) / MiB


def _pss(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        # A process may make itself unreadable; then its whole resident size counts against the job.
        stat = _stat(pid)
        return stat[3] if stat else 0
    return 0
