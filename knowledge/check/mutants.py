"""Single edits of a program: what a drill's probes must notice.

    mutants(source) → [Mutant, …]

Each is the program with one change of its syntax tree, of the kinds that people make when they write numerical code
from memory; `edits` says which. Two that read the same are one, and what does not compile is none. Docstrings, type
hints, imports, assertions, and what an exception says are left as they are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.check.edits import Edit, Place, of_expression, of_statement, unsigned

_UNTOUCHED = (ast.Import, ast.ImportFrom, ast.Assert, ast.Raise, ast.Global, ast.Nonlocal, ast.JoinedStr)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NO_CODE = frozenset({"annotation", "returns", "decorator_list", "type_params"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """One edit.

    Attributes:
        source: the changed program, as `ast.unparse` writes it.
        line: the first line of the statement that was changed, before; likewise written.
        becomes: the same after the change; `pass` where the statement was dropped.
        number: the line of the statement in the source given, from 1.
        operator: the kind of edit, in a word.
    """

    source: str
    line: str
    becomes: str
    number: int
    operator: str


def mutants(source: str) -> list[Mutant]:
    """Return the program's mutants in the order of their lines, without repetitions.

    Raises:
        SyntaxError: the source is no Python.
    """
    tree = ast.parse(source)
    seen, found = {ast.unparse(tree)}, list[Mutant]()
    for slot, node, statement, edits in _body(tree, "body", {}):
        before = _head(statement)
        for operator, changed in edits:
            slot.put(ast.copy_location(changed, node))
            text = ast.unparse(ast.fix_missing_locations(tree))
            after = _head(changed if node is statement else statement)
            slot.put(node)
            if text not in seen and not _idle(after) and _compiles(text):
                seen.add(text)
                found.append(Mutant(text, before, after, getattr(statement, "lineno", 0), operator))
    return sorted(found, key=lambda each: each.number)


def _head(statement: ast.AST) -> str:
    return ast.unparse(statement).splitlines()[0]


def _idle(line: str) -> bool:
    """Tell whether a statement assigns a name to itself: another mutant drops it."""
    target, _, value = line.partition(" = ")
    return target == value


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant.py", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a node hangs: `parent.field`, or `parent.field[index]`."""

    parent: ast.AST
    field: str
    index: int | None

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


#: A slot, what hangs there, the statement it belongs to, and what it may become.
_Found = tuple[_Slot, ast.AST, ast.AST, list[Edit]]


def _body(parent: ast.AST, field: str, names: dict[str, int]) -> Iterator[_Found]:
    """Yield each place with its edits in a list of statements; `names` are those bound there, with their lines."""
    statements: list[ast.stmt] = getattr(parent, field)
    for index, statement in enumerate(statements):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # a docstring
        last = isinstance(parent, _FUNCTIONS) and statement is statements[-1]
        yield _Slot(parent, field, index), statement, statement, list(of_statement(statement, names, last))
        if not isinstance(statement, _UNTOUCHED):
            bound = _bound(statement) if isinstance(statement, _FUNCTIONS) else names
            yield from _inside(statement, statement, bound, signed=True)


def _inside(node: ast.AST, statement: ast.AST, names: dict[str, int], *, signed: bool) -> Iterator[_Found]:
    for field, value in ast.iter_fields(node):
        if field in _NO_CODE:
            continue
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            yield from _body(node, field, names)
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or isinstance(child, _UNTOUCHED):
                continue
            place = Place(node, field, names, signed and not unsigned(node, field, index))
            yield _Slot(node, field, index), child, statement, list(of_expression(child, place))
            if not (isinstance(child, ast.UnaryOp) and isinstance(child.operand, ast.Constant)):  # -1 is one number
                yield from _inside(child, statement, names, signed=place.signed)


def _bound(function: ast.AST) -> dict[str, int]:
    """Return a function's names with the line that binds them, in that order; not those of comprehensions."""
    comprehended = {
        each
        for node in ast.walk(function)
        if isinstance(node, ast.comprehension)
        for each in ast.walk(node.target)
    }  # fmt: skip
    found: list[tuple[int, int, str]] = []
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            found.append((node.lineno, node.col_offset, node.arg))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in comprehended:
            found.append((node.lineno, node.col_offset, node.id))
    names: dict[str, int] = {}
    for line, _, name in sorted(found):
        names.setdefault(name, line)
    return names
