"""The guard: starts one script, holds it to its limits, kills all of it, hands back what it saves.

    cold: orders → its own places → fork ┐
    warm: fork → orders → its own places ┴ walls around the script → `ready` → watch → kill everything → `end`

A warm guard is made before there is a job for it, and so is the process of its script: both wait, for one job each.

Behind namespaces the guard is pid 1 of the job's own pid namespace: signals from inside cannot end it, every orphan
becomes its child, and when it ends the kernel ends whatever is left. Elsewhere it is a subreaper that finds its
descendants in `/proc`.

It talks to the runner over one socket. In: the source and the text for standard input, then nothing (any further byte,
or the end, means stop). Out: `ready`, or `failed` with a reason; a `file <bytes> <number> <name>` with its content for
each file, and again when it has changed since; `note <key>…` for what is to be told besides; one `end`.

Nothing that a job does may keep the guard from watching: it never waits for whoever reads its report, what fails is
seen after the job is dead, and what its looks cost is counted as the job's, and bounded.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress

from runners.inside import collect, memory, meter, script, tell
from runners.inside.disk import MAX_FILES, Disk, written_in
from runners.inside.orders import GROUP, MAX_BYTES, STREAMS, Orders, unpack
from runners.inside.outbox import Outbox, send
from runners.inside.remove import remove
from runners.walls import limits

POLL_S = 0.05
#: Counting a folder takes longer than asking a file system of the job's own.
DISK_EVERY_S = 0.2
#: After a look the guard rests for so many times what it took: a swarm that makes looks dear gets fewer of them.
REST = 4
#: The same where the disk has to be counted besides, which has rests of its own: memory, which is had faster, does not
#: wait for it. Together that is less than a quarter of a core.
REST_BESIDE_DISK, DISK_REST = 6, 10
#: Kernels differ in what a full tmpfs keeps back: this many free blocks or fewer is full.
FULL_BLOCKS = 1
#: What a pipe holds; and one line of it.
MOST_TOLD = 64 * 1024
MOST_LINE = 8 * 1024
MiB = 1024 * 1024


def main() -> Callable[[], None]:
    """Run one job from a cold start; returns only in the script's own process, with what is left to do there.

    The caller does it with no frame of the engine's above: a program can walk up from its own.
    """
    socket, *group = map(int, sys.argv[1].split(","))
    orders = Orders(sys.argv[2:])
    if orders.user >= 0:
        from runners.walls import identity

        identity.drop_root(orders.user, bool(orders.private))
    if not orders.own_pids and sys.platform == "linux":
        _stay_behind(orders)
    source, name, pasted = run(orders, socket, group), orders.name, bool(orders.pasted)
    del sys.path[0]  # the way to this package
    return lambda: script.play(source, name, pasted)


def _stay_behind(orders: Orders) -> None:
    """Fork the guard and stay as its parent, to end what a guard that is killed would leave; returns in the guard.

    Behind namespaces the kernel does that, and among the jobs of a zygote the zygote.
    """
    guard = os.fork()
    if guard == 0:
        return
    # Whoever reads the script's streams or the report waits for their last writer.
    _mute()
    os.closerange(3, 1 << 16)
    from runners.walls import libc

    libc.name_self("epoch-keeper")
    libc.prctl(libc.PR_SET_DUMPABLE, 0)
    libc.prctl(libc.PR_SET_CHILD_SUBREAPER, 1)
    failed = os.waitpid(guard, 0)[1] != 0
    if failed:
        end_descendants()
        if orders.landlock:
            remove(orders.place)
    os._exit(int(failed))


def end_descendants(spared: Collection[int] = ()) -> None:
    """Kill and reap all descendants of this process, a subreaper, until none is left; without a pause, it is a race.

    Args:
        spared: children that are left alone, with all that is theirs.
    """
    hunt = Hunt()
    while True:
        left = set(meter.descendants(os.getpid()))
        for pid in spared:
            left -= {pid, *meter.descendants(pid)}
        if not left:
            return
        hunt.strike(left)
        for pid in left:
            with suppress(ChildProcessError):  # not a child yet: its parent has to go first
                os.waitpid(pid, os.WNOHANG)
        hunt.rest()


class Hunt:
    """One killing of processes that may fork meanwhile: a race, in which not a moment is lost until all are hit.

    Whoever is hit forks no more, but may have a large memory to give back, and at a lower rank than the hunter's: one
    that looked again and again would keep the processors from them.

    Attributes:
        all_hit: whether the last strike met only those that had been hit before.
    """

    def __init__(self) -> None:
        self.all_hit = False
        self._hit: set[int] = set()
        self._looking_since = time.process_time()

    def strike(self, found: Collection[int]) -> None:
        """Kill what was found."""
        for pid in found:
            _kill(pid)
        self.all_hit = bool(found) and self._hit.issuperset(found)  # none found, while some are left: one was missed
        self._hit.update(found)

    def rest(self) -> None:
        """Wait before the next look, in proportion to what this one took; not when somebody new had turned up."""
        if self.all_hit:
            time.sleep(max(0.001, REST * (time.process_time() - self._looking_since)))
        self._looking_since = time.process_time()


def run(orders: Orders, report: int, group: Sequence[int] = ()) -> str:
    """Guard one job; returns only in the script's own process, walled, with the source to play.

    Args:
        orders: what to run and how.
        report: socket to the runner.
        group: descriptors of the job's control group, if it has one.
    """
    source = receive(report, orders.source_bytes).decode()
    stdin = receive(report, orders.stdin_bytes)
    _make_folders(orders)
    gate, opener = os.pipe()
    walls, walled = os.pipe()
    inherited = meter.anonymous_mb()
    child = os.fork()
    if child == 0:
        for fd in (report, opener, walls):
            os.close(fd)
        _become_script(orders, source, stdin, gate, walled, (), group)
        return source
    for fd in (gate, walled, *group[:1]):
        os.close(fd)
    guard = _Guard(child, inherited)
    guard.hide()
    guard.watch(orders, report, opener, walls, group[1:])
    raise AssertionError("a guard never returns")


def stand_by(door: int, namespaced: bool) -> tuple[Orders, str]:
    """Fork the script's process, wait for a job, guard it; returns only in the script's own process, walled.

    Args:
        door: socket from the zygote, on which orders come once, with the job's socket, standard output and error.
        namespaced: whether this process is pid 1 of namespaces of its own, in which everything is still to be mounted.
    """
    import socket  # the zygote has it; a cold start does without

    if namespaced:
        from runners.walls import identity, namespaces

        namespaces.own_proc()
    ours, theirs = socket.socketpair()
    walls, walled = os.pipe()
    inherited = meter.anonymous_mb()
    child = os.fork()
    if child == 0:
        for fd in (door, ours.detach(), walls):
            os.close(fd)
        return _await_source(theirs.detach(), walled, namespaced)
    theirs.close()
    os.close(walled)
    guard = _Guard(child, inherited)
    guard.hide()
    with socket.socket(fileno=door) as entrance:
        datagram, fds, _, _ = socket.recv_fds(entrance, MAX_BYTES, STREAMS + GROUP)
    if not fds:
        os._exit(0)  # nobody wants it any more; its script's process sees the same
    report, out, err, *group = fds
    streams = (out, err, *group[:1])
    orders = Orders(unpack(datagram)[2])
    source = receive(report, orders.source_bytes)
    stdin = receive(report, orders.stdin_bytes)
    if namespaced:
        namespaces.own_folder(orders.place, orders.disk_mb * MiB, MAX_FILES + 100)
        identity.drop_capabilities()
    _make_folders(orders)
    socket.send_fds(ours, [len(datagram).to_bytes(4, "little")], streams)
    for fd in streams:
        os.close(fd)
    guard.watch(orders, report, ours.detach(), walls, group[1:], datagram + source + stdin)
    raise AssertionError("a guard never returns")


def _await_source(channel: int, walled: int, namespaced: bool) -> tuple[Orders, str]:
    """Wait, as the script's process, for what a guard that stands by passes on."""
    import socket

    from runners.walls import libc

    libc.name_self("epoch-spare")
    if namespaced:
        from runners.walls import identity

        identity.drop_capabilities()
    with socket.socket(fileno=os.dup(channel)) as entrance:
        length, fds, _, _ = socket.recv_fds(entrance, 4, STREAMS)
    if not fds:
        os._exit(0)
    out, err, *group = fds
    orders = Orders(unpack(receive(channel, int.from_bytes(length, "little")))[2])
    source = receive(channel, orders.source_bytes).decode()
    stdin = receive(channel, orders.stdin_bytes)
    os.chdir(orders.files)
    _become_script(orders, source, stdin, channel, walled, (out, err), group)
    return orders, source


def receive(fd: int, count: int) -> bytes:
    """Read `count` bytes, fewer at the end of the stream."""
    pieces = []
    while count and (piece := os.read(fd, min(count, 1 << 16))):
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def _make_folders(orders: Orders) -> None:
    for folder in (orders.place, orders.files, orders.scratch, orders.home, f"{orders.place}/shm"):
        os.makedirs(folder, mode=0o755 if orders.own_pids else 0o700, exist_ok=True)
    os.chdir(orders.files)


def _become_script(
    orders: Orders,
    source: str,
    stdin: bytes,
    gate: int,
    walled: int,
    streams: Iterable[int],
    group: Iterable[int],
) -> None:
    """Turn this process into the script's: own session, no descriptor of the guard's, limits and walls around it."""
    try:
        os.setsid()  # the kernel shares processors out by session: the job's is lowered, the guard's is not
        _join(group)
        with open(orders.name, "w", encoding="utf-8") as file:
            file.write(source)
        _feed(stdin, orders.scratch)
        for number, fd in enumerate(streams, start=1):
            os.dup2(fd, number)
            os.close(fd)
        tasks = orders.processes + 1
        if orders.nproc == 2:  # the kernel counts by user, and this one has other programs too
            tasks += meter.tasks_of(os.getuid())
        limits.limit_self(orders.memory_mb, orders.file_mb, orders.cpu_s, tasks if orders.nproc else None)
        script.prepare(bool(orders.pasted))
        os.read(gate, 1)  # until the guard has made itself unreadable
        _raise_walls(orders)
        os.write(walled, b"+")
        tell.open_way(walled)
    except BaseException as error:
        # Nothing may run without its wall, and the guard has to learn why: it reads this instead of the `+`.
        os.write(walled, f"{type(error).__name__}: {error}".encode()[:500])
        os._exit(1)
    os.close(gate)


def _join(group: Iterable[int]) -> None:
    """Enter the job's control group, if there is one, and keep no way to it."""
    for number, fd in enumerate(group):
        if number == 0:
            os.write(fd, b"0")
        os.close(fd)


def _raise_walls(orders: Orders) -> None:
    if not (orders.landlock or orders.seccomp):
        return
    from runners.walls import landlock, libc, seccomp

    libc.name_self(orders.name)
    libc.prctl(libc.PR_SET_DUMPABLE, 1)  # a hidden zygote, or dropping root, took it; the guard reads /proc/<pid>/smaps
    libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)  # whatever may befall the guard
    if orders.landlock:
        rights = {"r": landlock.READ, "f": landlock.OPEN_FILE, "c": landlock.READ | landlock.CHANGE}
        hidden = [path for right, path in orders.landlock if right == "h"]
        landlock.restrict(
            rule
            for right, path in orders.landlock
            if right != "h"
            for rule in (landlock.around(path, hidden) if right == "r" and hidden else ((path, rights[right]),))
        )
    if orders.seccomp:
        seccomp.install(seccomp.program(libc.machine(), bare=not orders.own_pids))


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

    def __init__(self, child: int, inherited_mb: float) -> None:
        self.child = child
        self.inherited_mb = inherited_mb
        self.status: int | None = None
        self.limit = "-"
        self.disk: Disk | None = None
        self.disk_was_full = False
        self.disk_due = 0.0
        self.disk_cost = 0.0
        self.io: int | None = None
        self.is_lowered = False

    def watch(
        self,
        orders: Orders,
        report: int,
        opener: int,
        walls: int,
        cpu: Sequence[int] = (),
        passed_on: bytes = b"",
    ) -> None:
        """Watch the script to its end, then report and leave; never returns.

        Args:
            orders: what to hold the script to.
            report: socket to the runner.
            opener: lets the script's process go on, when closed.
            walls: says whether it stands behind its walls.
            cpu: tells the CPU time of the job's control group, if it has one.
            passed_on: what to write to `opener` first.
        """
        self.orders = orders
        self.place = os.open(orders.place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)  # whatever it is called later
        self.socket = report
        self.group_cpu = cpu
        self.outbox = Outbox(report)
        self.started = time.monotonic()
        self.deadline = self.started + orders.wall_s
        self.own_cpu_before = time.process_time()
        self.memory = memory.Memory(orders.memory_mb, self.deadline)
        self.files = collect.Collector(".", orders.artifacts, orders.artifact_mb * MiB, orders.name)
        try:
            self._watch(opener, walls, passed_on)
        except Exception as error:
            self._kill_all()  # first of all: a guard that fails must not leave its job to itself
            self.outbox.put(b"failed the guard: %s\n" % f"{type(error).__name__}: {error}".encode()[:500])
            self.outbox.send_all()
        self._leave()

    def _watch(self, opener: int, walls: int, passed_on: bytes) -> None:
        if sys.platform == "linux":
            from runners.walls import libc

            libc.name_self("epoch-guard")
            self.files.watch()
        send(opener, passed_on)
        os.close(opener)
        said = os.read(walls, 500)
        if said[:1] != b"+":
            self.outbox.put(b"failed %s\n" % (said or b"the script's process died").replace(b"\n", b" "))
            self.outbox.send_all()
            return
        self.told, self.walls = said[1:], walls
        if self.orders.landlock and not self.orders.own_pids:
            self.disk = Disk(self.orders.place, self.orders.disk_mb, self.orders.file_mb, self.child)
            self.written_before = self._written()
        self.outbox.put(b"ready\n")
        self._until_over()
        self._kill_all()
        self._count_once_more()
        self._report()

    def _until_over(self) -> None:
        """Look at the job again and again, until it has ended, has met a limit, or is to stop."""
        pidfd = _pidfd(self.child)
        waiting = [fd for fd in (self.socket, pidfd) if fd is not None]
        due = 0.0
        while self.status is None and self.limit == "-":
            now = time.monotonic()
            sending = [self.socket] if self.outbox.waiting else []
            readable, _, _ = select.select(waiting, sending, [], max(0.0, due - now))
            if self.socket in readable:
                os.read(self.socket, 1)  # left unread, it would turn the report's last bytes into a reset
                self.limit = "stop"
            self.outbox.send()
            self._reap()
            if self.status is None and self.limit == "-" and (now := time.monotonic()) >= due:
                before = time.process_time()
                self.is_lowered = self.is_lowered or limits.lower_session(self.child)
                self.limit = self._limit_met()
                self._hand_over(self.files.fresh(now), patiently=False)
                cost = time.process_time() - before
                rest = (REST if self.disk is None else REST_BESIDE_DISK) * (cost - self.disk_cost)
                due = min(time.monotonic() + max(POLL_S, rest), self.deadline)

    def hide(self) -> None:
        """Keep the script away from the guard's memory and descriptors, and the guard off the script's streams."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _mute()
        if sys.platform == "linux":
            from runners.walls import libc  # here, not at the top: it loads while the script prepares itself

            libc.name_self("epoch-spare")
            libc.prctl(libc.PR_SET_DUMPABLE, 1)  # what is opened below belongs to somebody else as long as it is hidden
            self.io = _open_if_there("/proc/self/io")
            libc.prctl(libc.PR_SET_DUMPABLE, 0)
            libc.prctl(libc.PR_SET_CHILD_SUBREAPER, 1)

    def _limit_met(self) -> str:
        """Return the name of the limit that the job has met, or `-`."""
        now = time.monotonic()
        usage = meter.look(os.getpid(), bool(self.orders.own_pids))
        if now >= self.deadline:
            return "wall"
        if self._cpu_s(usage.cpu_s) > self.orders.cpu_s:
            return "cpu"
        if usage.tasks >= self.orders.processes:
            return "processes"
        # What takes longer comes last: it must not hold up the rest.
        if self._disk_is_over(usage.sizes, now):
            return "disk"
        return "memory" if self.memory.look(usage, now) > self.orders.memory_mb else "-"

    def _cpu_s(self, living: float = 0.0) -> float:
        """Return the job's CPU seconds: of the living, of what was reaped or, where the kernel has a sum, of all.

        Those of the guard are a part: who makes its looks dear pays for them.
        """
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        seen = living + usage.ru_utime + usage.ru_stime
        for fd in self.group_cpu:
            first = os.pread(fd, 100, 0).split(b"\n")[0]  # usage_usec, and a number
            seen = max(seen, int(first.split()[1]) / 1e6)
        return seen + time.process_time() - self.own_cpu_before

    def _disk_is_over(self, pids: Iterable[int], now: float) -> bool:
        """Look at the disk; a full file system of the job's own is for the program to notice, and it may cope."""
        if self.orders.own_pids:
            info = os.fstatvfs(self.place)
            self.disk_was_full |= info.f_bavail <= FULL_BLOCKS
            return info.f_files - info.f_ffree > MAX_FILES
        self.disk_cost = 0.0
        if self.disk is None or now < self.disk_due:
            return False
        before = time.process_time()
        is_over = self.disk.is_over(pids, self._written() - self.written_before - self.outbox.sent)
        self.disk_cost = time.process_time() - before
        self.disk_due = now + max(DISK_EVERY_S, DISK_REST * self.disk_cost)
        return is_over

    def _written(self) -> int:
        """Return the bytes written by what was reaped, and by the guard itself."""
        return written_in(os.pread(self.io, 1 << 10, 0)) if self.io is not None else 0

    def _count_once_more(self) -> None:
        if self.limit == "-" and self._disk_is_over((), float("inf")):
            self.limit = "disk"  # it was quicker than the last look

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
        """Kill and reap until nothing of the job is left; nothing else comes before that."""
        hunt = Hunt()
        is_raised = False
        while True:
            hunt.strike(self._targets())
            if hunt.all_hit and not is_raised:
                is_raised = self._raise_session()
            if not self._reap():
                return
            hunt.rest()

    def _raise_session(self) -> bool:
        """Let the dying give their memory back at everybody's rank: at a job's, a busy machine keeps them waiting."""
        pids = meter.processes(os.getpid(), bool(self.orders.own_pids))
        return any(limits.raise_session(pid) for pid in pids)

    def _targets(self) -> Collection[int]:
        if self.orders.own_pids:
            return (-1,)  # everything in the pid namespace but its pid 1
        if sys.platform == "linux":
            return meter.descendants(os.getpid())
        return (-self.child,)

    def _report(self) -> None:
        # A stop has to be quick, and nobody waits for what a stopped run left.
        if self.limit != "stop":
            self._hand_over(self.files.rest(), patiently=True)
        self._pass_on_notes()
        limit = "disk?" if self.limit == "-" and self.disk_was_full else self.limit
        peak = self.memory.peak_mb or self._largest_mb()
        self.outbox.put(f"end {self.status} {limit} {self._cpu_s():.4f} {peak:.2f}\n".encode())
        self.outbox.send_all()

    def _pass_on_notes(self) -> None:
        """Send what the script's process told, and which files stay here; nothing writes any more."""
        os.set_blocking(self.walls, False)
        with contextlib.suppress(BlockingIOError):  # it told nothing, and what outlived it holds the other end
            self.told += os.read(self.walls, MOST_TOLD)
        lines = [line[:MOST_LINE] for line in self.told.split(b"\n") if line]
        lines += [tell.line(key, names).encode("utf-8", "replace") for key, names in self.files.left_out.items()]
        for line in lines:
            self.outbox.put(b"note %s\n" % line)

    def _largest_mb(self) -> float:
        """Return what the largest process had at most, for jobs that ended before the first look."""
        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        return max(0.0, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit - self.inherited_mb)

    def _hand_over(self, files: collect.Files, *, patiently: bool) -> None:
        """Send files; as long as there is something to watch, none while another is still on its way."""
        if self.outbox.waiting and not patiently:
            return
        for number, name, content in files:
            encoded = name.encode("utf-8", "replace").replace(b"\n", b"_")
            self.outbox.put(b"file %d %d %s\n" % (len(content), number, encoded))
            self.outbox.put(content)
            if patiently:
                self.outbox.send_all()
            else:
                self.outbox.send()
                if self.outbox.waiting:
                    return

    def _leave(self) -> None:
        if self.orders.landlock and not self.orders.own_pids:
            remove(self.orders.place)
        # Not through the interpreter's own exit: there is nothing of the guard's to clean up, and it costs time.
        os._exit(0)


def _mute() -> None:
    """Let go of the script's streams."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.close(null)


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


def _open_if_there(path: str) -> int | None:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None  # not Linux, or a kernel that does not count
