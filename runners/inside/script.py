"""The learner's script, in its own process: its source as `__main__`, from a real file, with its own name.

The process is forked, from a zygote or from the guard, instead of starting an interpreter of its own.
"""

from __future__ import annotations

import os
import sys
from types import CodeType, ModuleType, TracebackType

TYPE_CHECKING = False  # `typing` itself is one of the modules that a cold start does without
if TYPE_CHECKING:
    from typing import Any


def prepare(by_hand: bool) -> None:
    """Import what `play` needs: behind its walls the script's process may not be able to read this package any more.

    It sees to it, too, that libraries do what they can here, once they are imported. A fork inherits all this.
    """
    from runners.inside import cjk, explain, figures, streams, workers  # noqa: F401

    if by_hand:
        from runners.inside import mend, notebook, pasted  # noqa: F401
    global _adapted
    if not _adapted:
        _adapted = True
        figures.keep_figures()
        cjk.draw_chinese()
        workers.load_without_workers()


def play(source: str, name: str, by_hand: bool = False) -> None:
    """Run `source` as `__main__` in the current folder, as `python name` would.

    Whatever it raises propagates to the interpreter, which prints it without the frames of this package.

    Args:
        source: Python.
        name: its file in the current folder.
        by_hand: whether a person pasted it: it runs as in a notebook (`runners.inside.pasted`).
    """
    from runners.inside import streams

    main = ModuleType("__main__")
    main.__file__ = os.path.abspath(name)
    main.__dict__["__builtins__"] = __builtins__
    global _engine_main, _main
    _engine_main = sys.modules["__main__"]  # keeps its globals alive: this very call returns through them
    _main = main
    sys.modules["__main__"] = main
    sys.argv = [name]
    sys.path.insert(0, os.getcwd())
    streams.keep_order()
    sys.excepthook = _show_error
    text = source.removeprefix("\ufeff")
    if by_hand:
        _play_by_hand(text, name, main.__dict__)
    else:
        exec(compile(text, name, "exec", dont_inherit=True), main.__dict__)


def _play_by_hand(text: str, name: str, names: dict[str, Any]) -> None:
    from runners.inside import figures, pasted

    whole, cells = pasted.ready(text, name)
    if whole != text:
        with open(name, "w", encoding="utf-8") as file:  # what tracebacks show, and AutoGraph reads
            file.write(whole)
    sys.displayhook = pasted.show_value
    for cell in cells:
        try:
            for code in cell:
                _execute(code, names)
        finally:
            figures.keep_open_figures()


def _execute(code: CodeType, names: dict[str, Any]) -> None:
    if code.co_flags & _COROUTINE:
        import asyncio

        asyncio.run(eval(code, names))
    else:
        exec(code, names)


def play_and_leave(source: str, name: str, by_hand: bool = False) -> None:
    """Run `source` as `play` does, end as the interpreter would, and leave: it never returns.

    The libraries are not torn down: that takes TensorFlow a tenth of a second and more, and nobody sees a difference.
    """
    status = 0
    try:
        play(source, name, by_hand)
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


#: `inspect.CO_COROUTINE`, without its import: code that awaits at its top.
_COROUTINE = 0x80
_adapted = False
_engine_main: ModuleType | None = None
_main: ModuleType | None = None


def _show_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an uncaught error as Python does, without the engine's own frames above the learner's first line."""
    while trace is not None and (_main is None or trace.tb_frame.f_globals is not _main.__dict__):
        trace = trace.tb_next
    sys.__excepthook__(kind, error.with_traceback(trace), trace)
    from runners.inside import explain

    explain.explain(error, given_input=_has_input())


def _has_input() -> bool:
    try:
        return os.fstat(0).st_size > 0
    except OSError:
        return False  # closed by the program
