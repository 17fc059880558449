"""Code as the importer needs it: whether a text is Python, and which snippets need which before them.

snippets of a question → names each binds and needs → each behind those it builds on
"""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: Statements that no sentence in words is by chance ("note" alone is a name, and so is 学习率).
_TELLING = (
    ast.Import, ast.ImportFrom, ast.Assign, ast.AugAssign, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
    ast.For, ast.While, ast.With, ast.If, ast.Try, ast.Assert, ast.Delete,
)  # fmt: skip
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__"}
_ANY = "*"


@dataclass(frozen=True, slots=True)
class SnippetNames:
    """What a snippet binds at its top level (`*` for whatever a module gives), and what others must have bound."""

    binds: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()


def is_python(code: str) -> bool:
    """Tell whether the text is Python that does something, and not a word or two that happen to be names."""
    tree = _parsed(code)
    return tree is not None and any(
        isinstance(node, _TELLING) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
        for node in tree.body
    )


def names(code: str) -> SnippetNames:
    """Return the names a snippet binds and needs; none for what does not compile, which can run only as it stands."""
    tree = _parsed(code)
    if tree is None:
        return SnippetNames()
    bound: set[str] = set()
    needs: set[str] = set()
    within_functions: set[str] = set()
    for statement in tree.body:
        now, later = _uses(statement)
        binds = set(_binds(statement))
        # The value of an assignment is there before its name; a loop's name is there before its body.
        ahead = set() if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign) else binds
        needs |= now - bound - ahead
        within_functions |= later
        bound |= binds
    if _ANY in bound:
        return SnippetNames(frozenset(bound))
    return SnippetNames(frozenset(bound), frozenset((needs | (within_functions - bound)) - _BUILTINS))


def together(codes: Sequence[str]) -> list[str]:
    """Return each snippet as it can run: behind those before it whose names it needs, and theirs in turn.

    One that needs the same name as well comes along: it may have changed what the name holds.
    """
    known = [names(code) for code in codes]
    found = []
    for n, code in enumerate(codes):
        needs = set(known[n].needs)
        available = frozenset[str]().union(*(each.binds for each in known[:n]))
        before: list[str] = []
        for m in range(n - 1, -1, -1):
            wanted = needs & available if _ANY not in available else needs
            if wanted & (known[m].binds | known[m].needs) or (wanted and _ANY in known[m].binds):
                before.append(codes[m])
                needs |= known[m].needs
        found.append("\n".join([*reversed(before), code]))
    return found


def _parsed(code: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a snippet's odd escapes are its own affair
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _uses(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the names a statement reads when it runs, and those its functions read when they are called."""
    now: set[str] = set()
    later: set[str] = set()
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        if isinstance(node, _FUNCTIONS):
            later |= _free(node)
            stack.extend(node.args.defaults)
            stack.extend(getattr(node, "decorator_list", ()))
        elif isinstance(node, _COMPREHENSIONS):
            now |= _free(node)
        else:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load | ast.Del):
                now.add(node.id)
            elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                now.add(node.target.id)
            stack.extend(ast.iter_child_nodes(node))
    return now, later


def _free(node: ast.AST) -> set[str]:
    """Return the names read within a function or a comprehension that nothing within it binds."""
    read: set[str] = set()
    own: set[str] = set()
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name, ctx=ast.Load()):
                read.add(name)
            case ast.Name(id=name):
                own.add(name)
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                own.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                own.add(name)
            case ast.Import() | ast.ImportFrom():
                own |= set(_imported(inner))
    return read - own


def _binds(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement binds at the top level."""
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
                continue
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                continue
            case ast.Import() | ast.ImportFrom():
                yield from _imported(node)
            case ast.Name(id=name, ctx=ast.Store()) | ast.ExceptHandler(name=str(name)):
                yield name
        stack.extend(ast.iter_child_nodes(node))


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    for alias in node.names:
        yield alias.asname or alias.name.partition(".")[0]
