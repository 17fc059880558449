"""The guard: starts one script, holds it to its limits, kills all of it, hands back what it left.

Behind a wall the guard is pid 1 of the job's own pid namespace: signals from inside cannot end it, every orphan becomes
its child, and when it ends the kernel ends whatever is left. Without a wall it is a subreaper that finds its
descendants in `/proc`.

It talks to the runner over one socket. In: the source and the text for standard input, then nothing (any further byte,
or the end, means stop). Out: `ready`, a `file <bytes> <name>` with its content each, and one `end`.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import time

from runners.inside import collect, meter, script

POLL_S = 0.05
#: Kernels differ in what a full tmpfs keeps back: this many free blocks or fewer is full.
FULL_BLOCKS = 1
MAX_INODES = 20_000
_PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 4, 36


class Orders:
    """What the runner asks for, in `name=value` words; plain, because `dataclasses` costs 18 ms to import."""

    def __init__(self, words: list[str]) -> None:
        given = dict(word.split("=", 1) for word in words)
        self.socket = int(given["socket"])
        self.walled = given["walled"] == "1"
        self.name = given["name"]
        self.scratch = given["scratch"]
        self.source_bytes = int(given["source_bytes"])
        self.stdin_bytes = int(given["stdin_bytes"])
        self.wall_s = float(given["wall_s"])
        self.cpu_s = float(given["cpu_s"])
        self.memory_mb = int(given["memory_mb"])
        self.processes = int(given["processes"])
        self.file_mb = int(given["file_mb"])
        self.artifacts = int(given["artifacts"])
        self.artifact_mb = int(given["artifact_mb"])


def main() -> None:
    """Run one job; returns only in the script's own process, with the script done."""
    orders = Orders(sys.argv[1:])
    source = _receive(orders.socket, orders.source_bytes).decode()
    stdin = _receive(orders.socket, orders.stdin_bytes)
    gate, opener = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(opener)
        _become_script(orders, source, stdin, gate)
        return
    os.close(gate)
    _Guard(orders, child, started).watch(opener)


def _receive(fd: int, count: int) -> bytes:
    pieces = []
    while count and (piece := os.read(fd, min(count, 1 << 16))):
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def _become_script(orders: Orders, source: str, stdin: bytes, gate: int) -> None:
    """Turn this process into the script's: its own group, no descriptor of the guard's, limits on."""
    os.close(orders.socket)
    os.setpgid(0, 0)
    with open(orders.name, "w", encoding="utf-8") as file:
        file.write(source)
    _feed(stdin, orders.scratch)
    del sys.path[0]  # the way to this package
    script.limit_self(orders.memory_mb, orders.file_mb, orders.cpu_s, orders.processes + 1 if orders.walled else None)
    os.read(gate, 1)  # until the guard has made itself unreadable
    os.close(gate)
    script.play(source, orders.name)


def _feed(text: bytes, scratch: str) -> None:
    """Make `text` standard input by way of a file without a name: no writer has to wait for the reader."""
    path = os.path.join(scratch, ".stdin")
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    os.unlink(path)
    view = memoryview(text)
    while view:
        view = view[os.write(fd, view) :]
    os.lseek(fd, 0, os.SEEK_SET)
    os.dup2(fd, 0)
    os.close(fd)


class _Guard:
    """The watching half: lives beside the script, outlives it, reports."""

    def __init__(self, orders: Orders, child: int, started: float) -> None:
        self.orders = orders
        self.child = child
        self.started = started
        self.status: int | None = None
        self.limit = "-"
        self.peak_mb = 0.0
        self.disk_was_full = False

    def watch(self, opener: int) -> None:
        """Watch the script to its end, then report and leave; never returns."""
        self._hide()
        os.write(self.orders.socket, b"ready\n")
        os.close(opener)
        pidfd = _pidfd(self.child)
        waiting = [self.orders.socket] if pidfd is None else [self.orders.socket, pidfd]
        while self.status is None and self.limit == "-":
            readable, _, _ = select.select(waiting, [], [], POLL_S)
            if self.orders.socket in readable:
                os.read(self.orders.socket, 1)  # left unread, it would turn the report's last bytes into a reset
                self.limit = "stop"
            self._reap()
            if self.status is None and self.limit == "-":
                self.limit = self._limit_met()
        self._kill_all()
        self._report()
        # Not through the interpreter's own exit: there is nothing of the guard's to clean up, and it costs time.
        os._exit(0)

    def _hide(self) -> None:
        """Keep the script away from the guard's memory and descriptors, and the guard off the script's streams."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        if sys.platform == "linux":
            import ctypes  # here, not at the top: it loads while the script prepares itself

            libc = ctypes.CDLL(None)
            libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
            libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def _limit_met(self) -> str:
        """Return the name of the limit that the job has met, or `-`."""
        usage = meter.look(os.getpid(), self.orders.walled)
        memory = usage.rss_mb
        if memory > self.orders.memory_mb:
            memory = meter.pss_mb(usage)
        self.peak_mb = max(self.peak_mb, memory)
        self._look_at_disk()
        reached = {
            "wall": time.monotonic() - self.started > self.orders.wall_s,
            "cpu": usage.cpu_s + _reaped_cpu() > self.orders.cpu_s,
            "memory": memory > self.orders.memory_mb,
            "processes": usage.tasks >= self.orders.processes,
            "disk": self.orders.walled and _inodes(self.orders.scratch) > MAX_INODES,
        }
        return next((name for name, met in reached.items() if met), "-")

    def _look_at_disk(self) -> None:
        if self.orders.walled:
            self.disk_was_full |= os.statvfs(self.orders.scratch).f_bavail <= FULL_BLOCKS

    def _reap(self) -> bool:
        """Reap what has ended; return whether any child is left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.child:
                self.status = os.waitstatus_to_exitcode(status)

    def _kill_all(self) -> None:
        """Kill and reap until nothing of the job is left."""
        self._look_at_disk()
        while True:
            for pid in self._targets():
                _kill(pid)
            if not self._reap():
                return
            time.sleep(0.001)

    def _targets(self) -> tuple[int, ...]:
        if self.orders.walled:
            return (-1,)  # everything in the pid namespace but its pid 1
        if sys.platform == "linux":
            return meter.look(os.getpid(), everything=False).pids
        return (-self.child,)

    def _report(self) -> None:
        out = self.orders.socket
        # A stop has to be quick, and nobody waits for what a stopped run left.
        if self.limit != "stop":
            for name, content in collect.candidates(".", self.orders.artifacts, self.orders.artifact_mb << 20):
                encoded = name.encode("utf-8", "replace").replace(b"\n", b"_")
                _send(out, b"file %d %s\n" % (len(content), encoded))
                _send(out, content)
        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit
        limit = "disk?" if self.limit == "-" and self.disk_was_full else self.limit
        peak = max(self.peak_mb, largest)
        _send(out, f"end {self.status} {limit} {_reaped_cpu():.4f} {peak:.2f}\n".encode())


def _send(fd: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(fd, view) :]


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # already gone


def _pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None  # not Linux, or before 5.3: the poll notices the end a little later


def _reaped_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _inodes(folder: str) -> int:
    info = os.statvfs(folder)
    return info.f_files - info.f_ffree
