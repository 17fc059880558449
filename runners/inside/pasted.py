"""Pasted code, made ready to run as a notebook would: mended, and with the value of a last expression shown."""

from __future__ import annotations
import __future__

import _ast as ast  # without what the public module adds, which a cold start would wait for
import re
import sys
from types import CodeType

from runners.inside import mend, notebook
from runners.inside.tell import tell

_FUTURE = 0
for _name in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _name).compiler_flag


def ready(text: str, name: str) -> tuple[str, list[list[CodeType]]]:
    """Return the source as it runs, and its code, cell by cell; a script is one cell.

    Raises:
        SyntaxError: it does not compile, and could not be mended.
    """
    ends: list[int] = []
    if (cells := notebook.cells(text)) is not None:
        tell("notebook", str(len(cells)))
        text, ends = notebook.joined(cells)
    mended = mend.mend(text)
    if mended.kinds:
        tell("mended", *mended.kinds)
    if mended.skipped:
        tell("skipped", *mended.skipped)
    return mended.text, _compiled(mended.text, name, ends)


def _compiled(text: str, name: str, ends: list[int]) -> list[list[CodeType]]:
    body = mend.tree(text, name).body
    compiled = []
    flags = 0
    for start, end in zip([0, *ends], [*ends, sys.maxsize], strict=True):
        statements = [each for each in body if start < each.lineno <= end]
        shown = [statements.pop()] if statements and _is_shown(statements[-1], text) else []
        trees: list[ast.Module | ast.Interactive] = [ast.Module(statements, [])] if statements else []
        trees += [ast.Interactive(shown)] if shown else []
        codes = []
        for tree in trees:
            mode = "exec" if isinstance(tree, ast.Module) else "single"
            code = compile(tree, name, mode, flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
            flags |= code.co_flags & _FUTURE
            codes.append(code)
        compiled.append(codes)
    return compiled


def _is_shown(statement: ast.stmt, text: str) -> bool:
    """Whether a notebook would show a value: not where a semicolon follows, nor for a comment written as a string."""
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value
    if isinstance(value, ast.Constant) and (value.value is ... or value.lineno != value.end_lineno):
        return False
    assert statement.end_lineno is not None
    assert statement.end_col_offset is not None
    line = re.split("\r\n|\r|\n", text)[statement.end_lineno - 1]
    return not line.encode()[statement.end_col_offset :].lstrip().startswith(b";")


def show_value(value: object) -> None:
    """Show the value of an expression, but for what matplotlib gives back, which nobody wants to read."""
    parts = value if isinstance(value, list | tuple) else [value]
    if not any(type(part).__module__.startswith("matplotlib") for part in parts):
        sys.__displayhook__(value)
