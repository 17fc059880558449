"""Which snippets need which: what each binds and needs, and what runs before it."""

from __future__ import annotations

import pytest

from knowledge.importer.code import is_python, names, together


@pytest.mark.parametrize(
    ("code", "binds", "needs"),
    [
        ("import numpy as np\n", {"np"}, set()),
        ("import os.path\n", {"os"}, set()),
        ("print(np.ones(2))\n", set(), {"np"}),
        ("x = 1\nx = x + 1\nprint(x)\n", {"x"}, set()),
        ("x = x + 1\n", {"x"}, {"x"}),
        ("x += 1\n", {"x"}, {"x"}),
        ("for i in range(n):\n    print(i)\n", {"i"}, {"n"}),
        ("with open('a') as f:\n    f.read()\n", {"f"}, set()),
        ("def f(a, *b, c=d):\n    e = a + g\n    return e\n", {"f"}, {"d", "g"}),
        ("def f():\n    return later\nlater = 1\nf()\n", {"f", "later"}, set()),
        ("class A(Base):\n    x = y\n", {"A"}, {"Base", "y"}),
        ("print([i * k for i in data])\n", set(), {"k", "data"}),
        ("square = lambda v: v * scale\n", {"square"}, {"scale"}),
        ("try:\n    pass\nexcept E as e:\n    print(e)\n", {"e"}, {"E"}),
        ("if (n := 10) > m:\n    pass\n", {"n"}, {"m"}),
        ("from math import *\nprint(pi)\n", {"*"}, set()),
        ("not python at all\n", set(), set()),
        (">>> print(x)\n", set(), set()),
    ],
)
def test_what_a_snippet_binds_and_needs(code: str, binds: set[str], needs: set[str]) -> None:
    assert names(code) == names(code)
    assert (set(names(code).binds), set(names(code).needs)) == (binds, needs)


@pytest.mark.parametrize(
    ("codes", "before"),
    [
        (["import numpy as np\n", "print(np.ones(2))\n"], [[], [0]]),
        (["import a\n", "import b\n", "b.x\n"], [[], [], [1]]),
        (["x = []\n", "x.append(1)\n", "print(x)\n"], [[], [0], [0, 1]]),
        (["import m\n", "def f():\n    return m.x\n", "f()\n"], [[], [0], [0, 1]]),
        (["x = 1\n", "x = 2\nprint(x)\n"], [[], []]),
        (["print(y)\n", "y = 1\n"], [[], []]),
        (["print(len('a'))\n", "print(len('b'))\n"], [[], []]),
        (["print(missing)\n", "print(missing)\n"], [[], []]),
        (["from math import *\n", "print(sqrt(2))\n"], [[], [0]]),
        (["x = 1\n", "print((x\n"], [[], []]),
    ],
)
def test_a_snippet_runs_behind_those_it_builds_on_and_no_other(codes: list[str], before: list[list[int]]) -> None:
    wanted = ["\n".join([*(codes[m] for m in needed), code]) for code, needed in zip(codes, before, strict=True)]
    assert together(codes) == wanted


def test_thousands_of_brackets_are_no_python_and_no_crash() -> None:
    assert not is_python("(" * 100_000)
    assert together(["(" * 100_000, "x = 1\n"]) == ["(" * 100_000, "x = 1\n"]


@pytest.mark.parametrize("text", ["学习率\n", "note\n", "See above.\n", "1. one\n", "a, b\n"])
def test_words_that_happen_to_compile_are_no_code(text: str) -> None:
    assert not is_python(text)
