"""The learner's script, in its own process: its source as `__main__`, from a real file, with its own name.

The process is forked, from a zygote or from the guard, instead of starting an interpreter of its own.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from types import ModuleType, TracebackType


def play(source: str, name: str) -> None:
    """Run `source` as `__main__` in the current folder, as `python name` would.

    Whatever it raises propagates to the interpreter, which prints it without the frames of this package.
    """
    main = ModuleType("__main__")
    main.__file__ = os.path.abspath(name)
    main.__dict__["__builtins__"] = __builtins__
    global _engine_main, _main
    _engine_main = sys.modules["__main__"]  # keeps its globals alive: this very call returns through them
    _main = main
    sys.modules["__main__"] = main
    sys.argv = [name]
    _print_line_by_line()
    sys.excepthook = _show_error
    exec(compile(source.removeprefix("\ufeff"), name, "exec", dont_inherit=True), main.__dict__)


def play_and_leave(source: str, name: str) -> None:
    """Run `source` as `play` does, end as the interpreter would, and leave: it never returns.

    The libraries are not torn down: that takes TensorFlow a tenth of a second and more, and nobody sees a difference.
    """
    status = 0
    try:
        play(source, name)
    except SystemExit as leaving:
        status = _exit_status(leaving)
    except BaseException as error:
        status = 130 if isinstance(error, KeyboardInterrupt) else 1
        sys.excepthook(type(error), error, error.__traceback__)
        del error
    _wind_up()
    os._exit(status)


def _exit_status(leaving: SystemExit) -> int:
    if leaving.code is None:
        return 0
    if isinstance(leaving.code, int):
        return leaving.code & 0xFF
    sys.stderr.write(f"{leaving.code}\n")
    return 1


def _wind_up() -> None:
    """Do what the interpreter does at its end and a program may count on: threads, exit handlers, open files."""
    import atexit
    import gc
    import threading

    # The interpreter's own names for these two steps; nothing public does the same.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    _flush()
    if _main is not None:
        _main.__dict__.clear()  # closes, and so writes, what a program left open
    gc.collect()
    _flush()


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue  # closed or replaced by the program


def _print_line_by_line() -> None:
    """Write as to a terminal: `print` with several arguments is one piece of output, not one a word."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(line_buffering=True, write_through=False)


_engine_main: ModuleType | None = None
_main: ModuleType | None = None


def _show_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an uncaught error as Python does, without the engine's own frames above the learner's first line."""
    while trace is not None and (_main is None or trace.tb_frame.f_globals is not _main.__dict__):
        trace = trace.tb_next
    sys.__excepthook__(kind, error.with_traceback(trace), trace)
