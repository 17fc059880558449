"""Modules of this package as the text of one program, for a place where the package itself is not to be seen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = "knowledge.grading.drills"
_BOOT = """\
import sys
from types import ModuleType

def _module(name, path=None):
    made = sys.modules[name] = ModuleType(name)
    if path is not None:
        made.__path__ = path
    return made

for _name in {packages!r}:
    _module(_name, [])
for _name, _source in {sources}:
    exec(compile(_source, _name, "exec", dont_inherit=True), _module(_name).__dict__)
import json
_task = json.loads({task})
_main = sys.modules[{main!r}].main
for _name in list(globals()):
    if _name not in ("_main", "_task") and not _name.startswith("__"):
        del globals()[_name]
_main(_task)
"""


def program(modules: tuple[str, ...], task: Mapping[str, Any]) -> str:
    """Return a program that knows `modules` of this package, and calls `main(task)` of the last one.

    Args:
        modules: their names without the package, each after those that it imports.
        task: what JSON can hold.
    """
    parts = _PACKAGE.split(".")
    return _BOOT.format(
        packages=[".".join(parts[: count + 1]) for count in range(len(parts))],
        sources=_literal([(f"{_PACKAGE}.{name}", _source(name)) for name in modules]),
        task=_literal(json.dumps(task)),
        main=f"{_PACKAGE}.{modules[-1]}",
    )


def _literal(value: object) -> str:
    return ascii(value)


@cache
def _source(name: str) -> str:
    return Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
