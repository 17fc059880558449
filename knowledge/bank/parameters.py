"""What a learner may change in an example: the UPPER_CASE literals at its top, and nothing else.

    EPOCHS = 5  # training epochs, 1..20
    OPTIMIZER = "adam"  # update rule: one of sgd, adam
    HIDDEN = (64, 32)  # units per layer, 1..256

    source → parse → parameters, with the range or the choices that the comment names
    example → offered → the same, with what they mean in Chinese (the comment is English)
    source + typed values → apply → source

Values never reach the source as they were typed: each is read as the literal's own type and written anew, so no value
can bring code with it.
"""

from __future__ import annotations

import ast
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import NamedTuple, TypeGuard

import tomli

from knowledge.bank.errors import ParameterError
from knowledge.bank.models import Example
from knowledge.bank.parameter import Number, Parameter, Value

_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_DECIMAL = r"[-+]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_RANGE = re.compile(rf"[\s,;:，]*(?P<low>{_DECIMAL})\s*\.\.\s*(?P<high>{_DECIMAL})")
_CHOICES = re.compile(r"[\s,;:，：]*\bone of\s+(?P<choices>.+)$")
_WHOLE = re.compile(r"[-+]?[0-9]+")
_REAL = re.compile(rf"{_DECIMAL}|[-+]?[0-9]+\.")
_TRUTH = {"true": True, "false": False}
#: No number needs more, and a longer one could make Python's own conversion slow.
_NUMBER_LENGTH = 40


class _Span(NamedTuple):
    """Where a literal stands, as byte offsets into the source's UTF-8."""

    start: int
    end: int


def parse(source: str) -> tuple[Parameter, ...]:
    """Return what an example offers for change, in the order of its lines.

    These are the literals (int, float, bool, str, tuple of numbers) assigned to UPPER_CASE names at the top: imports,
    assignments and calls may stand between them; the first definition, loop, condition or assertion ends the region. A
    name assigned twice there is not offered: changing one of its values would not be changing the other.

    Raises:
        knowledge.bank.errors.ParameterError: the source is not Python.
    """
    return tuple(parameter for parameter, _ in _find(source))


def offered(example: Example) -> tuple[Parameter, ...]:
    """Return what an example offers for change, with the meanings its topic gives in Chinese.

    A meaning that many examples share ("random seed") stands once in `parameters.toml` and is found by its English.

    Raises:
        knowledge.bank.errors.ParameterError: the example is not Python.
    """
    own, shared = example.meta.parameters, _shared()
    return tuple(replace(each, zh=own.get(each.name) or shared.get(each.text, "")) for each in parse(example.source))


@cache
def _shared() -> dict[str, str]:
    read: dict[str, str] = tomli.loads((files("knowledge.bank") / "parameters.toml").read_text(encoding="utf-8"))
    return read


def apply(source: str, changes: Mapping[str, str], *, bounded: bool = True) -> str:
    """Return `source` with the literals of the named parameters replaced, byte for byte the same elsewhere.

    A value equal to the one that stands there changes nothing, so the result is then still the tested original.

    Args:
        source: an example.
        changes: values by name, as typed (`{"EPOCHS": "2"}`); names count in either case.
        bounded: False lifts ranges and choices (a counter breaks the claim on purpose), never the type.

    Raises:
        knowledge.bank.errors.ParameterError: unknown name, wrong type or value out of range; says what is allowed.
    """
    found = {parameter.name: (parameter, span) for parameter, span in _find(source)}
    replaced: dict[_Span, str] = {}
    for typed_name, text in changes.items():
        name = typed_name.strip().upper()
        if name not in found:
            offered = ", ".join(found) or "nothing"
            raise ParameterError(f"there is no parameter {_shown(typed_name)} here; this example offers: {offered}")
        parameter, span = found[name]
        value = _read(parameter.value, text)
        if value is None or (bounded and not parameter.admits(value)):
            reason = f"{name} cannot be {_shown(text)}: give {parameter.allowed}"
            raise ParameterError(reason, parameter=parameter, typed=text)
        if value != parameter.value:
            replaced[span] = repr(value)
    content = source.encode()
    for span in sorted(replaced, reverse=True):
        content = content[: span.start] + replaced[span].encode() + content[span.end :]
    return content.decode()


def split(assignment: str) -> tuple[str, str]:
    """Return name and value of `NAME=VALUE`.

    Raises:
        knowledge.bank.errors.ParameterError: it is not of that form.
    """
    name, sign, value = assignment.partition("=")
    if not sign or not name.strip():
        raise ParameterError(f"{_shown(assignment)} is not a change; write NAME=VALUE, as SEED=2")
    return name.strip(), value.strip()


def _find(source: str) -> list[tuple[Parameter, _Span]]:
    try:
        tree = ast.parse(source)
        lines = source.encode().splitlines(keepends=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # ValueError: a null byte, a lone surrogate
        raise ParameterError(f"the example is not Python ({error}); mend it first") from None
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    found: dict[str, tuple[Parameter, _Span] | None] = {}
    for statement in tree.body:
        if not isinstance(statement, ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign | ast.Expr):
            break
        for name in _names(statement):
            found[name] = None if name in found else _parameter(name, statement, lines, starts)
    return [entry for entry in found.values() if entry]


def _names(statement: ast.stmt) -> list[str]:
    """Return the UPPER_CASE names that a top-level statement assigns."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    names = [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
    return [name for name in names if _NAME.fullmatch(name)]


def _parameter(name: str, statement: ast.stmt, lines: list[bytes], starts: list[int]) -> tuple[Parameter, _Span] | None:
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return None
    alone = isinstance(statement, ast.AnnAssign) or (
        len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name)
    )
    node = statement.value
    value = _literal(node)
    if not alone or value is None or node.end_lineno is None or node.end_col_offset is None:
        return None
    span = _Span(starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset)
    rest = lines[(statement.end_lineno or 1) - 1][statement.end_col_offset or 0 :].decode().strip()
    text, low, high, choices = _comment(rest[1:].strip() if rest.startswith("#") else "", value)
    return Parameter(name, value, text, low, high, choices, statement.lineno), span


def _literal(node: ast.expr) -> Value | None:
    """Return the value of a literal that may be changed; None for anything else."""
    if isinstance(node, ast.Tuple):
        parts = tuple(_literal(element) for element in node.elts)
        numbers = tuple(part for part in parts if _is_number(part))
        return numbers if numbers and len(numbers) == len(parts) else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _literal(node.operand)
        return -value if _is_number(value) else None
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float | str):
        finite = not isinstance(node.value, float) or math.isfinite(node.value)
        return node.value if finite else None
    return None


def _is_number(value: object) -> TypeGuard[Number]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _comment(comment: str, value: Value) -> tuple[str, Number | None, Number | None, tuple[Value, ...]]:
    """Return the comment's text, range and choices."""
    if listed := _CHOICES.search(comment):
        words = (word.strip(" \"'`.") for word in re.split(r",|\bor\b", listed["choices"]))
        choices = tuple(choice for word in words if word and (choice := _read(value, word)) is not None)
        return comment[: listed.start()].strip(), None, None, choices
    ranges = list(_RANGE.finditer(comment)) if not isinstance(value, bool | str) else []
    if not ranges:
        return comment, None, None, ()
    last = ranges[-1]
    low, high = (int(end) if _WHOLE.fullmatch(end) else float(end) for end in (last["low"], last["high"]))
    return (comment[: last.start()] + comment[last.end() :]).strip(), low, high, ()


def _read(like: Value, text: str) -> Value | None:
    """Return `text` as a value of the type of `like`; None if it is not one."""
    if isinstance(like, str):
        text = text.strip()
        quoted = len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'"
        return text[1:-1] if quoted else text
    # Chinese input methods type full-width digits, commas and signs.
    text = unicodedata.normalize("NFKC", text).strip()
    if isinstance(like, bool):
        return _TRUTH.get(text.lower())
    if not isinstance(like, tuple):
        return _number(like, text)
    if text[:1] + text[-1:] in ("()", "[]"):
        text = text[1:-1]
    words = text.strip().removesuffix(",").split(",")
    whole = all(isinstance(part, int) for part in like)
    parts = tuple(_number(1 if whole else 1.0, word.strip()) for word in words)
    numbers = tuple(part for part in parts if part is not None)
    return numbers if len(numbers) == len(parts) == len(like) else None


def _number(like: Number, text: str) -> Number | None:
    text = text.replace("\N{MINUS SIGN}", "-")
    if len(text) > _NUMBER_LENGTH:
        return None
    if isinstance(like, int):
        return int(text) if _WHOLE.fullmatch(text) else None
    if not _REAL.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def _shown(text: str, limit: int = 40) -> str:
    """Return typed text safely quoted, on one line and not too long."""
    shown = repr(text)
    return shown if len(shown) <= limit else f"{shown[:limit]}…"
