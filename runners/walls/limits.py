"""The kernel's own limits on one process and all it starts; the guard counts what has to be summed over them."""

from __future__ import annotations

import os
import resource
import signal
import sys

MiB = 1024 * 1024
#: TensorFlow reserves more than 3 GB of address space without using it.
MIN_ADDRESS_SPACE = 8192 * MiB
#: Private writable memory counts thread stacks nobody touched; the guard's poll is what holds the real limit.
DATA_SLACK = 1024 * MiB
#: Each descriptor may hold kernel memory that no other limit sees.
OPEN_FILES = 256
#: Timers and signals that wait; the kernel counts them by user, so with more one job would leave none to the next.
WAITING_SIGNALS = 1024
#: Below the guard and the bot, so that neither starves while a job spins.
NICE = 5


def limit_self(memory_mb: int, file_mb: int, cpu_s: float, tasks: int | None) -> None:
    """Put the kernel's limits on this process and all it starts.

    Args:
        memory_mb: the job's memory limit; the per-process limits are set above it, and above what a fork inherited.
        file_mb: largest single file; going past it kills by SIGXFSZ, which names the limit beyond doubt.
        cpu_s: the job's limit; this backstop on one process is far above it, the guard counts the sum exactly.
        tasks: processes and threads, or None where the kernel would count other programs too.
    """
    space, data = _inherited()
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_AS, space + max(MIN_ADDRESS_SPACE, 4 * memory_mb * MiB))
    _set(resource.RLIMIT_DATA, data + memory_mb * MiB + DATA_SLACK)
    _set(resource.RLIMIT_FSIZE, file_mb * MiB)
    _set(resource.RLIMIT_NOFILE, OPEN_FILES)
    if sys.platform == "linux":
        _set(resource.RLIMIT_SIGPENDING, WAITING_SIGNALS)
    # Far above: it counts in ticks of the clock, which may run ahead of what was used by some percent. First comes a
    # signal that names the limit; who ignores it is killed a second later.
    _set(resource.RLIMIT_CPU, 2 * int(cpu_s) + 2, beyond=1)
    if tasks is not None:
        _set(resource.RLIMIT_NPROC, tasks)
    for number in (signal.SIGXFSZ, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    os.nice(NICE)
    _prefer_for_oom_kill()


def lower_session(pid: int) -> bool:
    """Give the session of a process a job's nice value: the scheduler shares out processors by session (autogroup).

    Source: sched(7), "The autogroup feature". Without it niceness tells only the programs of one session apart.

    Returns:
        Whether that is done, or nothing to be done here; the kernel takes such a wish only ten times a second.
    """
    try:
        _rank_session(pid, NICE)
    except BlockingIOError:
        return False
    except OSError:
        return True  # no such groups here, or the process has ended
    return True


def raise_session(pid: int) -> bool:
    """Give a job's session the usual nice value again, so that it ends soon; return whether the kernel took it."""
    try:
        _rank_session(pid, 0)
    except OSError:
        return False  # asked too soon, no such groups here, or the process is gone
    return True


def _rank_session(pid: int, nice: int) -> None:
    with open(f"/proc/{pid}/autogroup", "wb", buffering=0) as file:
        file.write(b"%d" % nice)


def _inherited() -> tuple[int, int]:
    """Return the bytes of address space and of writable memory that this process was born with."""
    try:
        with open("/proc/self/statm", "rb") as file:
            fields = file.read().split()
    except OSError:
        return 0, 0
    page = resource.getpagesize()
    return int(fields[0]) * page, int(fields[5]) * page


def _set(name: int, value: int, beyond: int = 0) -> None:
    most = value + beyond
    hard = resource.getrlimit(name)[1]
    if hard != resource.RLIM_INFINITY:
        value, most = min(value, hard), min(most, hard)
    try:
        resource.setrlimit(name, (value, most))
    except (ValueError, OSError):
        # Some systems know a limit and refuse to set it (macOS: RLIMIT_AS); the wall that promises it is Linux only.
        if sys.platform == "linux":
            raise


def _prefer_for_oom_kill() -> None:
    """When the machine runs out of memory, the kernel should take the job and not the bot."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        return  # a hint only: not every system has it
