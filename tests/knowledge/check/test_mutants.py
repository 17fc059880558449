"""Mutants of a program: one edit each, every one another program, and nothing that a run could not tell."""

from __future__ import annotations

import ast
import difflib

import pytest

from knowledge.check.mutants import mutants

SOFTMAX = '''\
"""A module."""

from __future__ import annotations

import numpy as np


def softmax(logits: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """Return the softmax over the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    weights = np.exp(shifted / scale)
    return weights / weights.sum(axis=-1, keepdims=True)
'''


def changes(source: str) -> set[tuple[str, str]]:
    return {(each.line, each.becomes) for each in mutants(source)}


def of(statement: str, arguments: str = "a, b, c, x, mask") -> set[str]:
    """Return what becomes of one statement in a function that has more after it."""
    source = f"def f({arguments}):\n    y = x\n    {statement}\n    return y\n"
    return {each.becomes for each in mutants(source) if each.number == 3}


def test_each_mutant_is_one_edit_of_one_statement() -> None:
    before = ast.unparse(ast.parse(SOFTMAX)).splitlines()
    found = mutants(SOFTMAX)
    assert len(found) > 30
    for each in found:
        changed = [line for line in difflib.ndiff(before, each.source.splitlines()) if line.startswith(("- ", "+ "))]
        assert [line[2:].strip() for line in changed] == [each.line, each.becomes]


def test_no_mutant_reads_like_another_or_like_the_program() -> None:
    texts = [each.source for each in mutants(SOFTMAX)]
    assert len(set(texts)) == len(texts)
    assert ast.unparse(ast.parse(SOFTMAX)) not in texts
    assert all(compile(text, "mutant.py", "exec") for text in texts)


def test_the_same_program_has_the_same_mutants() -> None:
    assert mutants(SOFTMAX) == mutants(SOFTMAX)


def test_docstrings_hints_and_imports_stay() -> None:
    for each in mutants(SOFTMAX):
        assert '"""A module."""' in each.source
        assert "Return the softmax over the last axis." in each.source
        assert "logits: np.ndarray, scale: float=" in each.source
        assert "import numpy as np" in each.source


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ("y = a + b", {"y = a - b", "y = a", "y = b"}),
        ("y = a - b", {"y = a + b", "y = a", "y = -b", "y = b - a"}),
        ("y = a @ b", {"y = a * b", "y = b @ a", "y = a", "y = b"}),
        ("y = a ** 2", {"y = a * 2", "y = a ** 3", "y = a ** 1", "y = a ** -2", "y = 2 ** a", "y = a"}),
        ("y = a < b", {"y = a <= b", "y = a >= b"}),
        ("y = a and b", {"y = a or b", "y = a", "y = b"}),
        ("y = not a", {"y = a"}),
        ("y = a / (b + 1e-8)", {"y = a / (b + 1e-05)", "y = a / b"}),
        ("y = x.sum(axis=1, keepdims=True)", {"y = x.sum(axis=0, keepdims=True)", "y = x.sum(axis=1)",
                                              "y = x.sum(axis=1, keepdims=False)", "y = x.sum(keepdims=True)",
                                              "y = x.mean(axis=1, keepdims=True)"}),
        ("y = x.var(ddof=1)", {"y = x.var()", "y = x.var(ddof=0)", "y = x.std(ddof=1)"}),
        ("y = a.T @ b", {"y = a @ b"}),
        ("y = np.copy(x)", {"y = x"}),
        ("y = x.copy()", {"y = x"}),
        ("y = np.where(mask, a, b)", {"y = np.where(mask, b, a)", "y = a", "y = b"}),
        ("y = np.zeros(a)", {"y = np.ones(a)"}),
        ("y = np.floor(a)", {"y = np.ceil(a)", "y = np.floor(x)"} - {"y = np.floor(x)"}),
        ("y = x[1:]", {"y = x[2:]", "y = x[0:]", "y = x[:]"}),
        ("y = x[:a]", {"y = x[:a + 1]", "y = x[:a - 1]", "y = x[:]"}),
        ("y = x[a]", {"y = x[a + 1]", "y = x[a - 1]", "y = x[b]"}),
        ("y = x[::-1]", {"y = x[:]", "y = x[::1]"}),
        ("y = [i for i in range(a)]", {"y = [i for i in range(a + 1)]", "y = [i for i in range(a - 1)]",
                                       "y = [i for i in range(1, a)]"}),
        ("y += a", {"pass", "y = a", "y -= a", "y += b"}),
        ("y = f(a, b)", {"y = f(b, a)", "y = f(a)", "pass"}),
        ("y = a if mask else b", {"y = b if mask else a", "y = a", "y = b", "y = a if not mask else b"}),
        ("y = max(a, b)", {"y = min(a, b)", "y = a", "y = b"}),
        ("y = [i for i in x if i]", {"y = [i for i in x]"}),
        ("y = -np.inf", {"y = np.inf"}),
        ("y = -1e9", {"y = 1000000000.0"}),
        ("y = True", {"y = False"}),
        ("y = b - c", {"y = a - c", "y = c - c", "y = b - b"}),
        ("y[a] = b", {"pass", "y[a + 1] = b"}),
        ("raise ValueError(a)", {"pass"}),
        ("return a, b", {"return (b, a)", "return (a,)", "return (b,)", "pass"}),
    ],
)  # fmt: skip
def test_slips_that_people_make_are_made(statement: str, wanted: set[str]) -> None:
    assert wanted <= of(statement)


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("y = x.sum(axis=-1)", "y = x.sum(axis=1)"),  # the same axis of a matrix
        ("y = x.shape[-1]", "y = x.shape[1]"),
        ("y = np.swapaxes(x, -1, -2)", "y = np.swapaxes(x, -2, -1)"),
        ("y = x.sum(axis=(0, 2))", "y = x.sum(axis=(2, 0))"),
        ("y = np.zeros(a, dtype=float)", "y = np.zeros(a)"),
        ("y = np.maximum(a, b)", "y = np.maximum(b, a)"),
        ("z = a + b", "pass"),  # a first binding: everybody would notice
        ("y = x", "y = y"),
        ("raise ValueError('a' + 'b')", "raise ValueError('a' - 'b')"),
    ],
)
def test_what_nobody_could_tell_is_not_made(statement: str, unwanted: str) -> None:
    assert unwanted not in of(statement)


def test_jumps_and_returns_in_the_middle() -> None:
    source = "def f(x):\n    for i in x:\n        if i:\n            break\n        return x\n    return i\n"
    assert {("break", "pass"), ("break", "continue"), ("return x", "pass"), ("if i:", "if not i:")} <= changes(source)
    assert ("return i", "pass") not in changes(source)


def test_helpers_and_constants_of_the_module_are_changed_too() -> None:
    source = "EPS = 1e-5\n\ndef norm(x):\n    return x + EPS\n\ndef f(x, y):\n    return norm(x)\n"
    assert {("EPS = 1e-05", "EPS = 0.01"), ("return x + EPS", "return x"), ("return norm(x)", "return norm(y)")} <= (
        changes(source)
    )


def test_a_program_that_is_none_is_refused() -> None:
    with pytest.raises(SyntaxError):
        mutants("def f(:\n")
