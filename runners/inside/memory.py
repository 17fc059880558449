"""How much memory a job has of its own, measured as cheaply as the limit allows.

Resident size (RSS) summed comes from `/proc/<pid>/stat` in one go. It counts a page shared after a fork once for each
process, and all that a fork got from its zygote, so it can only be too high: when it passes the limit, the proportional
size (PSS) decides, which counts each page once. PSS alone would be exact and too slow: the kernel walks every page
table for it, twenty times a second.

What a process still shares with the zygote it was forked from is subtracted: at most what the guard, another fork of
the same zygote, shares; at most what the process itself shares with others; and nothing after it executes another
program. Data in pipes and sockets belongs to no process's size; it is estimated from the number of descriptors. Nor do
the records of locks on parts of files, which are counted.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Collection, Iterable

from runners.inside.meter import MiB, Usage

_PAGE = os.sysconf("SC_PAGE_SIZE")
#: Between two looks at PSS while nothing grows: writing to inherited pages does not show in RSS.
_PSS_EVERY_S = 0.5
_GROWTH_MB = 32.0
#: For one look: a swarm of processes must not keep the guard from its other duties.
_BUDGET_S, _VERDICT_S = 0.02, 5.0


def _socket_mb() -> float:
    """Return what can wait unread in a socket: the kernel's default, and a message beyond it."""
    try:
        with open("/proc/sys/net/core/wmem_default", "rb") as file:
            size = int(file.read(20))
    except OSError:
        size = 208 * 1024
    return 1.25 * size / MiB


#: Of the sizes that they have by default: to ask for larger ones is refused (`walls.seccomp`).
SOCKET_MB, PIPE_MB = _socket_mb(), 0.0625
#: A lock on a part of a file is a record of the kernel's, of which a process may make any number.
LOCK_MB = 256 / MiB
#: Of the list of all locks so much is read: some 19,000, more than any program has.
MOST_LOCKS = 1 << 20


class Memory:
    """Keeps an eye on memory: RSS at every look, PSS when that says it may matter.

    Args:
        limit_mb: the job's limit.
        deadline: monotonic time at which looks have to be over, however long they would take.
    """

    def __init__(self, limit_mb: float, deadline: float = float("inf")) -> None:
        self.limit_mb = limit_mb
        self._deadline = deadline
        self.now_mb = 0.0
        self.peak_mb = 0.0
        self._rss_mb = 0.0
        self._at = 0.0
        self._known: dict[int, Size] = {}  # by pid, the one measured longest ago first
        self._born: Born | None = None
        self._locks_mb = 0.0
        self._waiting, self._waited_at = 0.0, 0.0  # in pipes and sockets, and when that was looked at

    def look(self, usage: Usage, now: float) -> float:
        """Return MiB in use, as far as they are known; above the limit only when all was measured just now."""
        grown = usage.rss_mb - self._rss_mb
        step = (self.limit_mb - self.now_mb) / 2 if usage.rss_mb > self.limit_mb else _GROWTH_MB
        if usage.sizes and (grown > min(step, _GROWTH_MB) or now - self._at > _PSS_EVERY_S):
            whole = self._measure(usage, _BUDGET_S)
            if not whole and self._sum(usage) > self.limit_mb:
                # Figures of different moments count twice what was shared in between: nobody is killed on those.
                whole = self._measure(usage, min(_VERDICT_S, self._deadline - now))
            if whole:
                self._rss_mb, self._at = usage.rss_mb, now
            self.now_mb = self._sum(usage)
            self.peak_mb = max(self.peak_mb, self.now_mb)
            self._locks_mb = locks_mb(usage.sizes)
        return self.now_mb + self._locks_mb + self._waiting_mb(usage, now)

    def _waiting_mb(self, usage: Usage, now: float) -> float:
        """Return what pipes and sockets may hold, 0 as long as it cannot matter: to look at each takes long."""
        most = SOCKET_MB * sum(map(descriptors, usage.sizes))
        if self.now_mb + most <= self.limit_mb:
            return 0.0
        if now - self._waited_at > _PSS_EVERY_S or self.now_mb + self._waiting > self.limit_mb:
            self._waiting, self._waited_at = buffers_mb(usage.sizes), now
        return self._waiting

    def _sum(self, usage: Usage) -> float:
        if self._born is None:
            return sum(size.own_mb for size in self._known.values())
        shared = sum(min(size.shared_mb, self._born.share_mb) for size in self._known.values() if size.forked)
        # At least the guard is one of those who share, and its part is not the job's.
        return sum(size.own_mb for size in self._known.values()) - min(shared, self._born.whole_mb)

    def _measure(self, usage: Usage, budget_s: float) -> bool:
        """Measure each process, or as many as the time allows; return whether all were."""
        known = {pid: size for pid, size in self._known.items() if pid in usage.sizes}
        new = [pid for pid in usage.sizes if pid not in known]
        until = time.monotonic() + budget_s
        self._born = Born()
        for number, pid in enumerate([*new, *known]):
            if number and time.monotonic() > until:
                self._known = known
                return False
            known.pop(pid, None)
            known[pid] = Size(pid, self._born.stack)
        self._known = known
        return True


class Rollup:
    """The sums over a process's memory (smaps_rollup), in MiB.

    Attributes:
        own_mb: proportional size of what belongs to no file.
        shared_mb: of that, its part of pages that it has in common with others.
        whole_mb: the whole of those pages.

    Raises:
        OSError: the process is gone, or nobody may look into it.
    """

    def __init__(self, pid: int | str) -> None:
        found = {b"Pss": 0, b"Pss_Anon": 0, b"Pss_Shmem": 0, b"Anonymous": 0, b"Private_Dirty": 0}
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            for line in file:
                name, _, rest = line.partition(b":")
                if name in found:
                    found[name] = int(rest.split()[0])
        own = found[b"Pss_Anon"] + found[b"Pss_Shmem"]
        self.own_mb = (own or found[b"Pss"]) / 1024  # before Linux 5.4 there is only the sum
        self.shared_mb = max(0, found[b"Pss_Anon"] - found[b"Private_Dirty"]) / 1024
        self.whole_mb = max(0, found[b"Anonymous"] - found[b"Private_Dirty"]) / 1024


class Born:
    """What the guard, forked from the same zygote as its job, shares with others.

    Attributes:
        stack: where its stack begins: the same in every fork, another in every new program.
        share_mb: its part (PSS) of the memory that it has in common with others.
        whole_mb: the others' parts of that.
    """

    def __init__(self) -> None:
        self.stack = stack_of("self")
        try:
            own = Rollup("self")
        except OSError:
            self.share_mb = self.whole_mb = 0.0
            return
        self.share_mb, self.whole_mb = own.shared_mb, max(0.0, own.whole_mb - own.shared_mb)


class Size:
    """One process's memory as it was measured: all of its own, the part it has in common, whether it is still a fork.

    Args:
        pid: the process.
        stack: where a fork's stack begins.
    """

    def __init__(self, pid: int, stack: int) -> None:
        self.shared_mb = 0.0
        self.forked = False
        try:
            rollup = Rollup(pid)
        except OSError:
            # Nobody may look into a program whose file cannot be read. What it gave back unseen, it still may have.
            self.own_mb = _address_space(pid) / MiB
            return
        self.own_mb, self.shared_mb = rollup.own_mb, rollup.shared_mb
        self.forked = stack != 0 and stack_of(pid) == stack


def stack_of(pid: int | str) -> int:
    """Return the address at which a process's stack begins, 0 where it cannot be told."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
            text = file.read(4096)
    except OSError:
        return 0
    fields = text[text.rfind(b")") + 2 :].split()
    return int(fields[25])


def _address_space(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb", buffering=0) as file:
            return int(file.read(100).split()[0]) * _PAGE
    except OSError:
        return 0  # gone


def descriptors(pid: int) -> int:
    """Return how many descriptors a process has open, 0 when it is gone."""
    folder = f"/proc/{pid}/fd"
    try:
        return os.stat(folder).st_size or len(os.listdir(folder))  # before Linux 6.2 the size is 0
    except OSError:
        return 0


def locks_mb(pids: Collection[int]) -> float:
    """Return what the kernel's records of these processes' file locks take, infinite where they fill its list."""
    try:
        with open("/proc/locks", "rb", buffering=0) as file:
            text = _read(file, MOST_LOCKS)
    except OSError:
        return 0.0  # this kernel, or this container, shows none
    lines = text.split(b"\n")[:-1]  # the last is empty, or cut off
    # 1: POSIX  ADVISORY  WRITE <pid> <device:inode> <start> <end>; whoever waits for one has an arrow before its kind
    count = sum(len(fields) == 8 and int(fields[4]) in pids for line in lines if (fields := line.split()))
    return float("inf") if len(text) >= MOST_LOCKS and 2 * count > len(lines) else LOCK_MB * count


def _read(file: io.FileIO, most: int) -> bytes:
    pieces, left = [], most
    while left > 0 and (piece := file.read(left)):  # the kernel gives a page at a time
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def buffers_mb(pids: Iterable[int]) -> float:
    """Return what the pipes and sockets of these processes hold at most, each counted once however many share it."""
    found: set[str] = set()
    unseen = 0
    for pid in pids:
        try:
            names = os.listdir(f"/proc/{pid}/fd")
        except OSError:
            unseen += descriptors(pid)
            continue
        for name in names:
            try:
                found.add(os.readlink(f"/proc/{pid}/fd/{name}"))
            except OSError:
                continue  # closed meanwhile
    sockets = unseen + sum(target.startswith("socket:") for target in found)
    return SOCKET_MB * sockets + PIPE_MB * sum(target.startswith("pipe:") for target in found)
