"""The zygote: an interpreter that has imported what examples use, and forks one guarded job at each request.

It imports and does nothing else. One computation here (`tf.constant(1.)`, a KMeans) would start threads that no fork
has, and every later job would wait for them for ever.

Over its one socket come datagrams (`orders.pack`) with three descriptors each: the job's socket, standard output and
error. It answers `ready` once, and `gone <job> <CPU seconds>` when nothing of a job is left. The end of the socket is
the zygote's own end; as pid 1 of its pid namespace, it takes every job along.
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
import warnings
from typing import NoReturn

from runners.inside import guard, meter, preload, script
from runners.inside.orders import MAX_BYTES, Orders, OrdersError, unpack
from runners.inside.remove import remove
from runners.walls import identity, libc, namespaces

_DESCRIPTORS = 3
_FIRST_FREE = 3
_LAST = 65536


def main() -> NoReturn:
    """Import, then serve until the socket ends."""
    control = socket.socket(fileno=int(sys.argv[1]))
    user, private, folder = int(sys.argv[2]), sys.argv[3] == "1", sys.argv[4]
    preload.load()
    threads = preload.forbidden_threads()
    if threads:
        raise SystemExit(f"importing started threads that no fork would have: {', '.join(threads)}")
    if user >= 0:
        identity.drop_root(user, private)
    libc.name_self("epoch-zygote")
    libc.prctl(libc.PR_SET_DUMPABLE, 0)
    libc.prctl(libc.PR_SET_CHILD_SUBREAPER, 1)
    # What exists now is never garbage, and a collector that looks at it would copy every page it touches.
    gc.collect()
    gc.freeze()
    control.send(b"ready")
    zygote = Zygote(control)
    zygote.serve()
    if folder:
        # No namespace ends the jobs, or takes their files along; but each guard ends with the runner that it served.
        zygote.wait_for_guards()
        remove(folder)
    os._exit(0)


class Zygote:
    """The serving half: who runs, and what the kernel says about them."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        #: job → pid of its guard, as this process sees it
        self._guards: dict[int, int] = {}
        #: descriptor → what its readiness means: a guard's pid that is to be read, or a guard that has ended
        self._births: dict[int, tuple[int, int]] = {}
        self._deaths: dict[int, int] = {}
        self._parents_cpu = 0.0

    def serve(self) -> None:
        """Answer requests until the runner is gone."""
        while True:
            for fd, _ in self._poll.poll():
                if fd == self._control.fileno():
                    if not self._request():
                        return
                elif fd in self._births:
                    self._born(fd)
                elif fd in self._deaths:
                    self._died(fd)

    def wait_for_guards(self) -> None:
        """Wait until no job is left."""
        while self._deaths or self._births:
            for fd, _ in self._poll.poll():
                if fd in self._births:
                    self._born(fd)
                elif fd in self._deaths:
                    self._died(fd)
                else:
                    self._poll.unregister(fd)

    def _request(self) -> bool:
        datagram, fds, flags, _ = socket.recv_fds(self._control, MAX_BYTES + 1, _DESCRIPTORS)
        if not datagram and not fds:
            return False
        try:
            if flags & (socket.MSG_CTRUNC | socket.MSG_TRUNC):
                raise OrdersError("more than fits")
            kind, job, words = unpack(datagram)
            if kind == "kill":
                self._kill(job)
            elif len(fds) != _DESCRIPTORS or job in self._guards:
                raise OrdersError(f"{len(fds)} descriptors, or a job that is running already")
            else:
                self._fork(job, Orders(words), fds)
        except (OrdersError, OSError) as error:
            sys.stderr.write(f"a request was refused: {error}\n")
        finally:
            for fd in fds:
                os.close(fd)
        return True

    def _kill(self, job: int) -> None:
        if pid := self._guards.get(job):
            os.kill(pid, signal.SIGKILL)

    def _fork(self, job: int, orders: Orders, fds: list[int]) -> None:
        birth, told = os.pipe()
        pid = _quiet_fork()
        if pid == 0:
            try:
                _become_guard(orders, fds, told)
            except BaseException as error:
                sys.stderr.write(f"a guard failed: {type(error).__name__}: {error}\n")
            finally:
                os._exit(1)
        os.close(told)
        self._births[birth] = (job, pid)
        self._guards[job] = 0
        self._poll.register(birth, select.POLLIN)

    def _born(self, fd: int) -> None:
        """Take the pid of a guard from the process that made it, which is then done."""
        job, parent = self._births.pop(fd)
        self._poll.unregister(fd)
        said = os.read(fd, 16)
        os.close(fd)
        pid = int(said) if said else 0
        if pid != parent:
            self._parents_cpu = _wait(parent)[1]
        if pid == 0:
            self._gone(job, 0.0)
            return
        self._guards[job] = pid
        pidfd = os.pidfd_open(pid)
        self._deaths[pidfd] = job
        self._poll.register(pidfd, select.POLLIN)

    def _died(self, fd: int) -> None:
        job = self._deaths.pop(fd)
        self._poll.unregister(fd)
        os.close(fd)
        status, cpu_s = _wait(self._guards[job])
        if status != 0 and not self._births:  # a guard just born is nobody's yet, and no orphan
            self._end_orphans(self._guards[job])
        self._gone(job, cpu_s)

    def _end_orphans(self, failed: int) -> None:
        """Kill what a guard that failed has left, where no namespace has done so."""
        own = set(self._guards.values()) - {failed}
        while orphans := set(_children()) - own:
            for pid in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                _wait(pid)

    def _gone(self, job: int, cpu_s: float) -> None:
        del self._guards[job]
        with contextlib.suppress(OSError):  # nobody may be left to hear it
            self._control.send(b"gone %d %.4f" % (job, cpu_s + self._parents_cpu))
        self._parents_cpu = 0.0


def _quiet_fork() -> int:
    with warnings.catch_warnings():
        # Python 3.12 warns of threads; those of OpenBLAS see to forks themselves, and others were looked for.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _wait(pid: int) -> tuple[int, float]:
    """Reap a child; return its status, and its CPU seconds with those of its own children."""
    _, status, usage = os.wait4(pid, 0)
    return status, usage.ru_utime + usage.ru_stime


def _become_guard(orders: Orders, fds: list[int], told: int) -> None:
    """Leave the zygote: its descriptors, and its namespaces where the job gets its own."""
    if orders.namespaces:
        namespaces.leave_all()
        pid = os.fork()
        if pid:
            os.write(told, b"%d" % pid)
            os._exit(0)
    else:
        os.write(told, b"%d" % os.getpid())
    report, out, err = _only(fds)
    if not orders.own_pids:
        os.environ.update(HOME=orders.home, TMPDIR=orders.scratch)
    source = guard.run(orders, report, (out, err))
    # From here on, in the script's own process.
    _start_afresh()
    script.play_and_leave(source, orders.name)


def _only(fds: list[int]) -> list[int]:
    """Keep 0, 1, 2 and the descriptors given, as 3, 4, 5."""
    high = [os.dup2(fd, _LAST // 64 + number) for number, fd in enumerate(fds)]
    os.closerange(_FIRST_FREE, high[0])
    os.closerange(high[-1] + 1, _LAST)
    low = [os.dup2(fd, _FIRST_FREE + number) for number, fd in enumerate(high)]
    for fd in high:
        os.close(fd)
    return low


def _start_afresh() -> None:
    """Undo what a fork shares and an interpreter of its own would not: chance, the temporary folder, the path here."""
    gc.enable()
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    tempfile.tempdir = None
    tempfile._name_sequence = None  # type: ignore[attr-defined]
    del sys.path[0]


def _children() -> list[int]:
    try:
        return meter.children(os.getpid())
    except OSError:
        return []  # a kernel without lists of children; then a guard's failure leaves orphans to the pid namespace
