"""The program that runs an answer behind the wall, and what it says.

    code, calls → build → Script → (a runner) → standard output → read → Ran, or Broken

Nothing of the solution, the checks or what is right goes into the program. What comes out is read as
a stranger's claim.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from knowledge.bank.drills import Variant
from knowledge.grading.drills import rules
from knowledge.grading.drills.calling import Returned
from knowledge.grading.drills.codec import Json, Unreadable, decode
from knowledge.grading.drills.shipping import program

#: Characters of what an answer prints that are kept.
MOST_PRINTED = 1_500
#: Bytes that the program may write, its results among them.
MOST_OUTPUT = 4 << 20
_MODULES = ("codec", "calling", "inside")


@dataclass(frozen=True, slots=True)
class Script:
    """A program for a runner: its source, and the mark that stands before its results."""

    source: str
    mark: str
    calls: int


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of an answer.

    Attributes:
        returned: what each call gave back, in order; empty where there was none.
        top: the error that its top ended with, before any call.
        missing: whether it defines no function by the name of the drill.
        printed: what it printed, cut.
    """

    returned: tuple[Returned, ...]
    top: Returned | None = None
    missing: bool = False
    printed: str = ""


class Broken(ValueError):
    """The program wrote no results, more than one lot of them, or some that are none."""


def build(
    code: str,
    function: str,
    calls: Sequence[Json],
    *,
    variant: Variant = "numpy",
    forbidden: Sequence[str] = (),
) -> Script:
    """Return the program that calls the answer.

    Args:
        code: of the answer, which `rules.refused` has let pass.
        function: that it defines.
        calls: tuples of arguments, as `codec` writes them.
        variant: with tensors or with arrays.
        forbidden: dotted names that are removed before the answer is loaded.
    """
    mark = f"epoch-drill-{secrets.token_hex(16)}:"
    task = {
        "code": code,
        "function": function,
        "calls": list(calls),
        "torch": variant == "torch",
        "absent": [*rules.ABSENT[variant], *forbidden],
        "modules": sorted(rules.MODULES[variant]),
        "names": sorted(rules.ATTRIBUTES | {name.rpartition(".")[2] for name in forbidden}),
        "builtins": sorted(rules.BUILTINS - {"getattr", "__import__"}),
        "printed": MOST_PRINTED,
        "mark": mark,
    }
    return Script(program(_MODULES, task), mark, len(calls))


def read(script: Script, stdout: str) -> Ran:
    """Return what the program wrote.

    Raises:
        Broken: it is not what the program writes.
    """
    blocks = [line for line in stdout.split("\n") if line.startswith(script.mark)]
    if len(blocks) != 1:
        raise Broken(f"{len(blocks)} lots of results")
    try:
        said = json.loads(blocks[0].removeprefix(script.mark))
        if not isinstance(said, dict):
            raise TypeError("no results")
        returned = tuple(_returned(each) for each in said.get("returned", ()))
        top = _returned(said["top"]) if said.get("top") else None
        missing, printed = bool(said.get("missing")), str(said.get("printed", ""))[:MOST_PRINTED]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Broken("results that cannot be read") from error
    if top is None and not missing and len(returned) != script.calls:
        raise Broken(f"{len(returned)} results of {script.calls} calls")
    return Ran(returned, top, missing, printed)


_FIELDS = frozenset(field.name for field in fields(Returned))


def _returned(data: Any) -> Returned:  # noqa: ANN401 - anything that JSON holds
    if not isinstance(data, dict) or set(data) != _FIELDS:
        raise TypeError("no result")
    seconds, line = data["seconds"], data["line"]
    if not isinstance(seconds, int | float) or not 0 <= seconds < 1e6 or not isinstance(line, int | None):
        raise TypeError("no time, or no line")
    unreadable = None if data["unreadable"] is None else str(data["unreadable"])[:80]
    try:
        decode(data["value"])
    except Unreadable as error:
        unreadable = str(error)
    return Returned(
        value=None if unreadable is not None else data["value"],
        error=None if data["error"] is None else str(data["error"])[:80],
        message=str(data["message"])[:300],
        line=line,
        changed=bool(data["changed"]),
        seconds=float(seconds),
        unreadable=unreadable,
    )
