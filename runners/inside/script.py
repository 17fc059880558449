"""The learner's script, in its own process: limits on, then its source as `__main__`.

The process is forked from the guard instead of starting a second interpreter: that halves the time to the first line.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from io import TextIOWrapper
from types import ModuleType, TracebackType

MiB = 1024 * 1024
#: TensorFlow reserves more than 3 GB of address space without using it.
MIN_ADDRESS_SPACE = 8192 * MiB
#: Private writable memory counts thread stacks nobody touched; the guard's poll is what holds the real limit.
DATA_SLACK = 1024 * MiB
#: Each descriptor may hold kernel memory that no other limit sees.
OPEN_FILES = 256
#: Below the guard and the bot, so that neither starves while a job spins.
NICE = 5


def limit_self(memory_mb: int, file_mb: int, cpu_s: float, tasks: int | None) -> None:
    """Put the kernel's limits on this process and all it starts.

    Args:
        memory_mb: the job's memory limit; the per-process limits are set above it.
        file_mb: largest single file; going past it kills by SIGXFSZ, which names the limit beyond doubt.
        cpu_s: CPU seconds of one process; a backstop, the guard counts the sum.
        tasks: processes and threads, or None where the kernel would count the user's other programs too.
    """
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_AS, max(MIN_ADDRESS_SPACE, 4 * memory_mb * MiB))
    _set(resource.RLIMIT_DATA, memory_mb * MiB + DATA_SLACK)
    _set(resource.RLIMIT_FSIZE, file_mb * MiB)
    _set(resource.RLIMIT_NOFILE, OPEN_FILES)
    _set(resource.RLIMIT_CPU, int(cpu_s) + 2)
    if tasks is not None:
        _set(resource.RLIMIT_NPROC, tasks)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    os.nice(NICE)
    _prefer_for_oom_kill()


def _set(name: int, value: int) -> None:
    hard = resource.getrlimit(name)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(name, (value, value))
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


def play(source: str, name: str) -> None:
    """Run `source` as `__main__` in the current folder, as `python name` would.

    Whatever it raises propagates to the interpreter, which prints it without the frames of this package.
    """
    main = ModuleType("__main__")
    main.__file__ = os.path.abspath(name)
    main.__dict__["__builtins__"] = __builtins__
    global _guard_main, _main
    _guard_main = sys.modules["__main__"]  # keeps its globals alive: this very call returns through them
    _main = main
    sys.modules["__main__"] = main
    sys.argv = [name]
    _print_line_by_line()
    sys.excepthook = _show_error
    exec(compile(source.removeprefix("\ufeff"), name, "exec", dont_inherit=True), main.__dict__)


def _print_line_by_line() -> None:
    """Write as to a terminal: `print` with several arguments is one piece of output, not one a word."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(line_buffering=True, write_through=False)


_guard_main: ModuleType | None = None
_main: ModuleType | None = None


def _show_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an uncaught error as Python does, without the engine's own frames above the learner's first line."""
    while trace is not None and (_main is None or trace.tb_frame.f_globals is not _main.__dict__):
        trace = trace.tb_next
    sys.__excepthook__(kind, error.with_traceback(trace), trace)
