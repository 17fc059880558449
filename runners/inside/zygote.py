"""The zygote: an interpreter that has imported what examples use, and forks one guarded job at each request.

After the imports it computes nothing: one computation (`tf.constant(1.)`, a KMeans) would start threads. A fork does
not inherit threads, and every later job would wait for them for ever.

It keeps a few spare guards ready. A spare guard has its namespaces and the process of its script already, waits for one
job, and ends with it. So a job does not wait for three forks of a large process. Limits and walls depend on the job and
are set when its orders arrive.

Over its one socket come datagrams (`orders.pack`) with three descriptors each: the job's socket, standard output and
error; and two more where the job has a control group.

It answers `ready` once, and `gone <job> <CPU seconds>` when no process of a job is left; the time includes what the
zygote and the guard spent on the job. When the socket ends, the zygote exits; it is pid 1 of its pid namespace, so the
kernel then kills every job.
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
import select
import signal
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from typing import NoReturn

from runners.inside import guard, preload, script
from runners.inside.orders import GROUP, MAX_BYTES, STREAMS, Orders, OrdersError, unpack
from runners.inside.pages import join_pages, unmap_files
from runners.inside.remove import remove
from runners.walls import identity, libc, namespaces

_FIRST_FREE = 3
_LAST = 65536
#: As many as the queue has slots, usually. Each costs its page tables, some 5 MB.
SPARES = 2
#: A spare is made as soon as no job runs, or when nothing was asked for so long: not beside the start of a job.
QUIET_MS = 300


def main() -> Callable[[], None]:
    """Import, then serve until the socket ends; returns only in a script's own process, with what is left to do there.

    The caller does it with no frame of the engine's above: a program can walk up from its own.
    """
    control = socket.socket(fileno=int(sys.argv[1]))
    user, private, folder = int(sys.argv[2]), sys.argv[3] == "1", sys.argv[4]
    preload.load(sys.argv[5:] or None)
    script.prepare(by_hand=True)
    threads = preload.forbidden_threads()
    if threads:
        raise SystemExit(f"importing started threads that no fork would have: {', '.join(threads)}")
    if user >= 0:
        identity.drop_root(user, private)
    libc.name_self("epoch-zygote")
    # What exists now is never garbage, and a collector that looks at it would copy every page it touches.
    gc.collect()
    gc.freeze()
    join_pages()
    unmap_files()
    libc.prctl(libc.PR_SET_DUMPABLE, 0)
    libc.prctl(libc.PR_SET_CHILD_SUBREAPER, 1)
    control.send(b"ready")
    try:
        _serve(control, folder)
    except _Forked as fork:
        door, told = fork.door, fork.told
    # A fork from here on: nothing that the zygote held is in a frame above, and nothing refers to it any more.
    del control
    try:
        return _become_guard(door, told, namespaced=not folder)
    except BaseException as error:
        sys.stderr.write(f"a guard failed: {type(error).__name__}: {error}\n")
        os._exit(1)


def _serve(control: socket.socket, folder: str) -> NoReturn:
    zygote = Zygote(control, folder)
    zygote.serve()
    if folder:
        # No namespace ends the jobs, or takes their files along; but each guard ends with the runner that it served.
        zygote.wait_for_guards()
        remove(folder)
    os._exit(0)


class _Forked(BaseException):
    """This is a fork that is to be a guard: leave all frames of the zygote.

    Attributes:
        door: socket on which its orders come.
        told: pipe that its pid is written to.
    """

    def __init__(self, door: int, told: int) -> None:
        super().__init__()
        self.door = door
        self.told = told


class Guarding:
    """The zygote's record of one guard.

    Attributes:
        door: where it waits for orders; None when it has them.
        parent: the process that made it, which is itself where there are no namespaces.
        pid: its own, 0 until it is known.
        job: what it guards; 0 as long as it is a spare.
    """

    def __init__(self, door: socket.socket, parent: int) -> None:
        self.door: socket.socket | None = door
        self.parent = parent
        self.pid = 0
        self.job = 0

    def give(self, job: int, datagram: bytes, fds: list[int]) -> None:
        """Hand it the one job of its life; raises `OSError` where it is gone."""
        assert self.door
        with self.door:
            socket.send_fds(self.door, [datagram], fds, socket.MSG_DONTWAIT)
        self.door, self.job = None, job

    def dismiss(self) -> None:
        """Let a spare go."""
        if self.door:
            self.door.close()
            self.door = None


class Zygote:
    """The server: its running and spare guards, and the end of their processes.

    Args:
        control: to the runner.
        folder: where jobs have their folders; empty where each gets namespaces, and a file system of its own.
    """

    def __init__(self, control: socket.socket, folder: str) -> None:
        self._control = control
        self._folder = folder
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._guards: set[Guarding] = set()
        #: descriptor → what its readiness means: a guard's pid that is to be read, or a guard that has ended
        self._births: dict[int, Guarding] = {}
        self._deaths: dict[int, Guarding] = {}
        self._makers_cpu = 0.0  # of the processes that made guards, not yet told
        self._own_cpu = time.process_time()
        self._may_refill = True

    def serve(self) -> None:
        """Answer requests until the runner is gone."""
        while True:
            wants_spare = self._may_refill and len(self._spares()) < SPARES
            patience = QUIET_MS if any(each.job for each in self._guards) else 0
            ready = self._poll.poll(patience if wants_spare else None)
            if wants_spare and not ready:
                self._refill()
            for fd, _ in ready:
                if fd == self._control.fileno():
                    if not self._request():
                        return
                elif fd in self._births:
                    self._born(fd)
                elif fd in self._deaths:
                    self._died(fd)

    def wait_for_guards(self) -> None:
        """Let the spares go, and wait until no job is left."""
        for spare in self._spares():
            spare.dismiss()
        while self._deaths or self._births:
            for fd, _ in self._poll.poll():
                if fd in self._births:
                    self._born(fd)
                elif fd in self._deaths:
                    self._died(fd)
                else:
                    self._poll.unregister(fd)

    def _spares(self) -> list[Guarding]:
        return [each for each in self._guards if each.door]

    def _refill(self) -> None:
        try:
            self._make()
        except OSError as error:
            self._may_refill = False
            sys.stderr.write(f"no spare guard: {error}\n")

    def _request(self) -> bool:
        datagram, fds, flags, _ = socket.recv_fds(self._control, MAX_BYTES + 1, STREAMS + GROUP)
        if not datagram and not fds:
            return False
        try:
            if flags & (socket.MSG_CTRUNC | socket.MSG_TRUNC):
                raise OrdersError("more than fits")
            kind, job, words = unpack(datagram)
            if kind == "kill":
                self._kill(job)
            elif job == 0 or any(each.job == job for each in self._guards):
                raise OrdersError("a job that is running already")
            elif len(fds) != STREAMS + GROUP * bool(Orders(words).group):
                raise OrdersError(f"{len(fds)} descriptors")
            else:
                self._hand_over(job, datagram, fds)
        except (OrdersError, OSError) as error:
            sys.stderr.write(f"a request was refused: {error}\n")
        finally:
            for fd in fds:
                os.close(fd)
        return True

    def _kill(self, job: int) -> None:
        for each in self._guards:
            if each.job == job and each.pid:
                os.kill(each.pid, signal.SIGKILL)

    def _hand_over(self, job: int, datagram: bytes, fds: list[int]) -> None:
        """Give a job to the spare that is ready longest, or to a new guard."""
        self._may_refill = True
        for spare in sorted(self._spares(), key=lambda spare: (spare.pid == 0, spare.parent)):
            with contextlib.suppress(OSError):  # it died just now
                spare.give(job, datagram, fds)
                return
            spare.dismiss()
        try:
            self._make().give(job, datagram, fds)
        except OSError:
            self._gone(job, 0.0)
            raise

    def _make(self) -> Guarding:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        birth, told = os.pipe()
        with theirs:
            pid = _quiet_fork()
            if pid == 0:
                raise _Forked(os.dup(theirs.fileno()), told)
        os.close(told)
        one = Guarding(ours, pid)
        self._guards.add(one)
        self._births[birth] = one
        self._poll.register(birth, select.POLLIN)
        return one

    def _born(self, fd: int) -> None:
        """Take the pid of a guard from the process that made it, which is then done."""
        one = self._births.pop(fd)
        self._poll.unregister(fd)
        said = os.read(fd, 16)
        os.close(fd)
        one.pid = int(said) if said else 0
        if one.pid != one.parent:
            self._makers_cpu += _wait(one.parent)[1]
        if one.pid == 0:
            self._ended(one, 0.0)
            return
        pidfd = os.pidfd_open(one.pid)
        self._deaths[pidfd] = one
        self._poll.register(pidfd, select.POLLIN)

    def _died(self, fd: int) -> None:
        one = self._deaths.pop(fd)
        self._poll.unregister(fd)
        os.close(fd)
        status, cpu_s = _wait(one.pid)
        self._guards.discard(one)
        if status != 0 and self._folder:
            # Killed, it has left its job to itself; where there are namespaces, the kernel has ended that.
            guard.end_descendants(spared=[each.parent for each in self._guards])
            remove(f"{self._folder}/{one.job}")
        self._ended(one, cpu_s)

    def _ended(self, one: Guarding, cpu_s: float) -> None:
        one.dismiss()
        self._guards.discard(one)
        if one.job:
            self._gone(one.job, cpu_s)
        else:
            self._may_refill = False  # a spare that ends by itself: the next would too, as long as nothing changes

    def _gone(self, job: int, cpu_s: float) -> None:
        now = time.process_time()
        cpu_s += self._makers_cpu + now - self._own_cpu
        self._makers_cpu, self._own_cpu = 0.0, now
        with contextlib.suppress(OSError):  # nobody may be left to hear it
            self._control.send(b"gone %d %.4f" % (job, cpu_s))


def _quiet_fork() -> int:
    with warnings.catch_warnings():
        # Python 3.12 warns of threads; those of OpenBLAS see to forks themselves, and others were looked for.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _wait(pid: int) -> tuple[int, float]:
    """Reap a child; return its status, and its CPU seconds with those of its own children."""
    _, status, usage = os.wait4(pid, 0)
    return status, usage.ru_utime + usage.ru_stime


def _become_guard(door: int, told: int, *, namespaced: bool) -> Callable[[], None]:
    """Turn this fork of the zygote into a spare guard, and return what the script's process has to do.

    The guard closes the zygote's descriptors and, where each job has namespaces of its own, enters new ones. Then it
    waits for a job. This function returns in the script's process only.
    """
    if namespaced:
        namespaces.leave_all()
        pid = os.fork()
        if pid:
            os.write(told, b"%d" % pid)
            os._exit(0)
    else:
        os.write(told, b"%d" % os.getpid())
    orders, source = guard.stand_by(_only(door), namespaced)
    # From here on, in the script's own process.
    if not orders.own_pids:
        os.environ.update(HOME=orders.home, TMPDIR=orders.scratch)
    _start_afresh()
    name, pasted = orders.name, bool(orders.pasted)
    return lambda: script.play_and_leave(source, name, pasted)


def _only(fd: int) -> int:
    """Close all descriptors but 0, 1, 2 and `fd`, which becomes 3."""
    os.dup2(fd, _FIRST_FREE)
    os.closerange(_FIRST_FREE + 1, _LAST)
    return _FIRST_FREE


def _start_afresh() -> None:
    """Reset what a fork inherits and a new interpreter would not have: random state, temporary folder, path."""
    gc.enable()
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    tempfile.tempdir = None
    tempfile._name_sequence = None  # type: ignore[attr-defined]
    del sys.path[0]
