"""Calls of an answer: each on fresh copies of its arguments, and what came of it. The same on both sides of the wall.

    source → load → function → call, once a probe → Returned

This module is also shipped into the sandbox as text, so it imports NumPy and the standard library only.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import ModuleType, TracebackType
from typing import Any

from knowledge.grading.drills.codec import Json, Unreadable, decode, encode

#: The name of the learner's file in its tracebacks.
FILE = "answer.py"
#: CPU time of this thread: a busy machine stretches any other. Taken before an answer can put another in its place.
_clock = time.thread_time
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Returned:
    """What came of one call.

    Attributes:
        value: what it gave back, as `codec` writes it; meaningless where there was an error.
        error: the name of the exception's type; None where there was none.
        message: the exception's text, cut.
        line: the line of the answer that raised, None where none did.
        changed: whether the arguments are not what they were.
        seconds: CPU time that the call took.
        unreadable: what it gave back where that is no value; None where it is one.
    """

    value: Json = None
    error: str | None = None
    message: str = ""
    line: int | None = None
    changed: bool = False
    seconds: float = 0.0
    unreadable: str | None = None

    def as_json(self) -> dict[str, Json]:
        """Return it as JSON can hold it."""
        return asdict(self)

    @property
    def told(self) -> str:
        """The error as one line: where, what, why."""
        where = "" if self.line is None else f"line {self.line}: "
        return f"{where}{self.error}: {self.message}" if self.message else f"{where}{self.error}"


def load(source: str, function: str, builtins: Mapping[str, Any] | None = None) -> Callable[..., Any] | None:
    """Run the top of an answer and return the function that it defines; None where it defines none by that name.

    Args:
        source: Python.
        function: the name.
        builtins: names that stand for Python's own; None for all of those.

    Raises:
        Exception: whatever its top raises.
    """
    # Known by its name, as modules are: dataclasses look theirs up.
    module = sys.modules["answer"] = ModuleType("answer")
    names = module.__dict__
    if builtins is not None:
        names["__builtins__"] = dict(builtins)
    exec(compile(source, FILE, "exec", dont_inherit=True), names)
    found = names.get(function)
    return found if callable(found) else None


def call(function: Callable[..., Any], arguments: Json, *, torch: Any = None) -> Returned:  # noqa: ANN401 - the module
    """Call the function on a fresh copy of the arguments.

    Args:
        function: the answer's.
        arguments: a tuple, as `codec` writes it.
        torch: PyTorch itself where arrays go in as tensors; None where they stay arrays.
    """
    fresh = decode(arguments)
    given = fresh if torch is None else as_tensors(fresh, torch)
    began = _clock()
    try:
        value = function(*given)
    except BaseException as error:  # SystemExit too: an answer that leaves has not answered
        seconds = _clock() - began
        return failed(error, seconds=seconds, changed=_changed(fresh, arguments))
    seconds = _clock() - began
    try:
        encoded = encode(value if torch is None else as_arrays(value, torch))
    except Unreadable as error:
        return Returned(unreadable=str(error)[:_LONGEST], seconds=seconds)
    return Returned(encoded, changed=_changed(fresh, arguments), seconds=seconds)


def call_all(function: Callable[..., Any], calls: Sequence[Json], *, torch: Any = None) -> list[Returned]:  # noqa: ANN401
    """Call the function once for each tuple of arguments, in order."""
    return [call(function, arguments, torch=torch) for arguments in calls]


def failed(error: BaseException, *, seconds: float = 0.0, changed: bool = False) -> Returned:
    """Return what an exception tells: its type, its last line, and the line of the answer that raised it."""
    try:
        message = " ".join(str(error).split())[:_LONGEST]
    except BaseException:  # an exception of the answer's own may refuse to say anything
        message = ""
    name = type(error).__name__[:80]
    return Returned(error=name, message=message, line=_line(error), seconds=seconds, changed=changed)


def _line(error: BaseException) -> int | None:
    if isinstance(error, SyntaxError) and error.filename == FILE:
        return error.lineno
    trace: TracebackType | None = error.__traceback__
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _changed(fresh: object, arguments: Json) -> bool:
    try:
        return bool(encode(fresh) != arguments)
    except Unreadable:
        return True


def as_tensors(value: Any, torch: Any) -> Any:  # noqa: ANN401 - any value that crosses the wall
    """Return `value` with tensors for its arrays; they share memory, so that a change in place shows in both."""
    import numpy as np

    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        return torch.from_numpy(value)
    if isinstance(value, tuple | list):
        return type(value)(as_tensors(each, torch) for each in value)
    if isinstance(value, dict):
        return {key: as_tensors(each, torch) for key, each in value.items()}
    return value


def as_arrays(value: Any, torch: Any, depth: int = 0) -> Any:  # noqa: ANN401 - whatever an answer gives back
    """Return `value` with arrays for its tensors."""
    if isinstance(value, torch.Tensor):
        plain = value.detach().cpu().resolve_conj().resolve_neg()
        return (plain.float() if plain.dtype == torch.bfloat16 else plain).numpy()
    if depth > 24:
        return value  # the codec refuses it
    if isinstance(value, tuple):
        return tuple(as_arrays(each, torch, depth + 1) for each in tuple.__iter__(value))
    if isinstance(value, list):
        return [as_arrays(each, torch, depth + 1) for each in list.__iter__(value)]
    if isinstance(value, dict):
        return {key: as_arrays(each, torch, depth + 1) for key, each in dict.items(value)}
    return value
