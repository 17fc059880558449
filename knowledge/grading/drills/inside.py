"""In the sandbox: removes what may not be used, runs an answer on its calls, and writes down what came of them.

Nothing here knows what is right, nor which call belongs to which check. This module is shipped as text and runs in the
process of the answer, which is hostile: whatever it writes is read as somebody's claim.

The answer gets Python's names less those that lead out of it, and modules that compute. That, and what `rules` refuses
before anything runs, keeps it from what the drill forbids; it is the wall that keeps it from the machine.
"""

from __future__ import annotations

import builtins
import importlib
import io
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any, NoReturn

from knowledge.grading.drills.calling import Returned, call_all, failed, load

_SLOW_S = 0.3


def main(task: Mapping[str, Any]) -> NoReturn:
    """Do the task and end the process.

    Args:
        task: `code`, `function`, `calls` (as `codec` writes them), `torch` (whether arrays go in as tensors), `absent`
            (dotted names), `modules` (which may be imported), `names` (of attributes that may not be reached by name),
            `builtins` (which are taken away), `printed` (characters of its own output that are kept), `mark`.
    """
    way, write, leave = os.dup(1), os.write, os._exit
    said: dict[str, Any] = {}
    try:
        said = _do(task)
    except BaseException as error:
        said = {"top": failed(error).as_json()}
    rest = memoryview(f"\n{task['mark']}{json.dumps(said)}\n".encode())
    while rest:
        rest = rest[write(way, rest) :]
    leave(0)


def _do(task: Mapping[str, Any]) -> dict[str, Any]:
    torch = importlib.import_module("torch") if task["torch"] else None
    importlib.import_module("numpy")
    warnings.simplefilter("ignore")
    remove(task["absent"])
    printed = Printed(task["printed"])
    sys.stdout = sys.stderr = printed
    function = None
    top = None
    try:
        function = load(task["code"], task["function"], kept_names(task["modules"], task["names"], task["builtins"]))
    except BaseException as error:
        top = failed(error).as_json()
    returned = [] if function is None else _twice(function, task["calls"], torch)
    return {
        "top": top,
        "missing": function is None,
        "returned": [each.as_json() for each in returned],
        "printed": printed.text,
    }


def _twice(function: Callable[..., Any], calls: Sequence[Any], torch: Any) -> list[Returned]:  # noqa: ANN401
    """Return what came of the calls; their times from a second round, for in the first NumPy pays for what it put off.

    What is slow is not made to wait twice for.
    """
    first = call_all(function, calls, torch=torch)
    if sum(each.seconds for each in first) > _SLOW_S:
        return first
    sys.stdout = sys.stderr = Printed(0)
    again = call_all(function, calls, torch=torch)
    return [replace(one, seconds=min(one.seconds, two.seconds)) for one, two in zip(first, again, strict=True)]


class Printed(io.TextIOBase):
    """Keeps the first of what is printed."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._pieces: list[str] = []

    def write(self, text: str) -> int:
        """Take a piece; what is too much is dropped."""
        if self._left > 0:
            piece = str(text)[: self._left]
            self._left -= len(piece)
            self._pieces.append(piece)
        return len(text)

    @property
    def text(self) -> str:
        """What was kept."""
        return "".join(self._pieces)


def remove(names: Iterable[str]) -> None:
    """Put something unusable in the place of each dotted name, and of its last part all over the same package.

    Private modules keep theirs: the package's own functions look there.
    """
    for dotted in names:
        package, _, _ = dotted.partition(".")
        path, _, last = dotted.rpartition(".")
        if package not in sys.modules:
            continue
        owner = _find(path)
        # Looked for in the namespace first: to ask for a module that loads when it is asked for would load it.
        found = getattr(owner, "__dict__", {}).get(last)
        is_module = found is None or isinstance(found, ModuleType)
        for each in [owner, *(() if is_module else _public(package))]:
            if each is owner or callable(getattr(each, "__dict__", {}).get(last)):
                try:
                    setattr(each, last, None if is_module else _refuser(dotted))
                except (TypeError, AttributeError):
                    continue  # a type in C, or nothing at all: there only `rules` holds


def _find(path: str) -> Any:  # noqa: ANN401 - a module or a class
    top, *rest = path.split(".")
    found: Any = sys.modules.get(top)
    for name in rest:
        found = getattr(found, name, None)
    return found


def _public(package: str) -> Sequence[Any]:
    """Return the public modules of a package, and the one class of PyTorch whose methods are all of its functions."""
    tensor = [sys.modules["torch"].Tensor] if package == "torch" else []
    return tensor + [
        module for name, module in list(sys.modules.items())
        if isinstance(module, ModuleType)
        and name.split(".")[0] == package
        and not any(part.startswith("_") for part in name.split("."))
    ]  # fmt: skip


def _not_here(name: object) -> str:
    return f"{name} may not be used in this drill"


def _refuser(dotted: str) -> Callable[..., NoReturn]:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise NameError(_not_here(dotted))

    return refuse


def kept_names(modules: Iterable[str], names: Iterable[str], taken: Iterable[str]) -> dict[str, Any]:
    """Return Python's own names as an answer may have them.

    Args:
        modules: which may be imported, with what lies in them.
        names: attributes that are not reached through `getattr`.
        taken: names that it does not get.
    """
    allowed, refused, gone = frozenset(modules), frozenset(names), frozenset(taken)
    real_import, real_get = builtins.__import__, getattr

    def is_refused(name: object) -> bool:
        return type(name) is not str or name.startswith("_") or name in refused

    def guarded_import(name: str, _: object = None, __: object = None, fromlist: Any = (), level: int = 0) -> Any:  # noqa: ANN401
        if type(fromlist) is list:
            # A library's own C code, which imports at its first use, in the name of whoever called it. An import
            # statement gives a tuple or None, and this function itself has no name in an answer.
            return real_import(name, None, None, fromlist, 0)
        parts = name.split(".") if type(name) is str else [""]
        wanted = [each for each in fromlist or () if each != "*"]
        if level or (name != "__future__" and parts[0] not in allowed) or any(map(is_refused, parts[1:] + wanted)):
            raise ImportError(_not_here(name))
        return real_import(name, None, None, fromlist, 0)

    def guarded_get(owner: Any, name: str, *default: Any) -> Any:  # noqa: ANN401
        if is_refused(name):
            raise AttributeError(_not_here(name))
        return real_get(owner, name, *default)

    kept = {name: value for name, value in vars(builtins).items() if name not in gone}
    return {**kept, "__import__": guarded_import, "getattr": guarded_get}
