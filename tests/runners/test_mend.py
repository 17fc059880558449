"""Pasted code that does not compile: what is mended, what is left alone, and that lines keep their numbers."""

from __future__ import annotations

import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runners.inside import notebook
from runners.inside.mend import mend, problem
from runners.inside.pasted import ready, show_value

#: What was pasted → what it prints, and what was mended.
MENDED = {
    "no-break spaces": ("if 1:\n\u00a0\u00a0\u00a0\u00a0print('yes')", "yes\n", ["spaces"]),
    "wide spaces": ("for i in range(2):\n\u3000\u3000print(i)", "0\n1\n", ["spaces"]),
    "isolates": ("\u2068print(1)\u2069", "1\n", ["invisible"]),
    "zero width": ("pri\u200bnt(1)\ufeff", "1\n", ["invisible"]),
    "a zero byte": ("print(1)\x00", "1\n", ["invisible"]),
    "curly quotes": ("print(“hello”, ‘you’)", "hello you\n", ["quotes"]),
    "quotes the wrong way round": ("print(”hello”)", "hello\n", ["quotes"]),
    "one curly quote": ('print("hello”)', "hello\n", ["quotes"]),
    "an apostrophe": ("print(‘don’t’, “it’s”)", "don’t it’s\n", ["quotes"]),
    "quotes in quotes": ("print(“say \"hi\" now”)", 'say "hi" now\n', ["quotes"]),
    "two strings": ("x = ‘a’+‘b’\nprint(x)", "ab\n", ["quotes"]),
    "triple quotes": ("print(“““two\nlines”””)", "two\nlines\n", ["quotes"]),
    "a formatted string": ("d = {“a”: 1}\nprint(f“{d[‘a’]}，好”)", "1，好\n", ["quotes"]),
    "full width": ("print（“你好，世界”，1 ＋ 1）；x ＝ ［1］", "你好，世界 2\n", ["punctuation", "quotes"]),
    "full width in a class": ("class A：\n    x = 1\nprint（A.x）", "1\n", ["punctuation"]),
    "a minus sign": ("print(5 − 3)", "2\n", ["punctuation"]),
    "fences": ("Try this:\n```python\nprint(1)\n```\nIt works.", "1\n", ["fences"]),
    "a fence that is not closed": ("```py\nprint(1)", "1\n", ["fences"]),
    "a fence that was not opened": ("print(1)\n```", "1\n", ["fences"]),
    "two fences": ("```\nx = 1\n```\nthen\n```\nprint(x)\n```", "1\n", ["fences"]),
    "a quotation": ("> x = 1\n> if x:\n>     print(x)", "1\n", ["quoted"]),
    "a quotation with fences": ("> ```py\n> print(1)\n> ```", "1\n", ["quoted", "fences"]),
    "a quotation of a whole message": (">>> x = 1\nprint(x)", "1\n", ["prompts"]),
    "a session": (">>> for i in range(2):\n...     print(i)\n...\n0\n1\n>>> print(7)\n7", "0\n1\n7\n", ["prompts"]),
    "a session of IPython": ("In [1]: import sys\n\nIn [2]: print(1)\n1\n", "1\n", ["prompts"]),
    "numbers of lines": ("1  x = 1\n2  for i in range(2):\n3      print(x)\n4\n5  print(9)", "1\n1\n9\n", ["numbers"]),
    "numbers of lines in a column": (" 9:  x = [\n10:      1]\n11:  print(x)", "[1]\n", ["numbers"]),
    "a margin": ("    x = 1\n    if x:\n        print(x)", "1\n", ["indent"]),
    "a margin under a comment": ("# one\n    print(1)", "1\n", ["indent"]),
    "a margin that the first line lost": (
        "for i in range(2):\n        print(i)\n    print('end')", "0\n1\nend\n", ["indent"],
    ),
    "tabs": ("if 1:\n    x = 1\n\tprint(x)", "1\n", ["tabs"]),
    "a command before what is no character": ("!ls\n\nif 1：\n    print（1）", "1\n", ["punctuation"]),
    "a command before tabs": ("!ls\nif 1:\n    x = 1\n\tprint(x)", "1\n", ["tabs"]),
    "escapes of HTML": ("if 1 &lt; 2:\n    print(&quot;x&quot;)", "x\n", ["entities"]),
}  # fmt: skip


def played(pasted: str) -> str:
    """What pasted code prints, run here: these programs are our own."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        for cell in ready(pasted, "pasted.py")[1]:
            for code in cell:
                exec(code, {} if len(cell) == 1 else globals())
    return out.getvalue()


@pytest.mark.parametrize("kind", MENDED)
def test_what_does_not_compile_is_mended_and_named(kind: str) -> None:
    pasted, printed, kinds = MENDED[kind]
    with pytest.raises((SyntaxError, ValueError)):
        compile(pasted, "pasted.py", "exec")
    mended = mend(pasted)
    assert played(pasted) == printed
    assert sorted(mended.kinds) == sorted(kinds)
    assert mended.text.count("\n") == pasted.count("\n")  # every line keeps its number


@pytest.mark.parametrize(
    "pasted",
    [
        "print('“quoted”，（full） \u00a0 \u200b')  # “comment”，",
        's = """\n```\n>>> x\n!ls\n"""',
        "if 1:\n\tx = 1",
        "变量 = 1\nｘ = 2",
        "",
    ],
)
def test_what_compiles_is_not_touched(pasted: str) -> None:
    mended = mend(pasted)
    assert (mended.text, mended.kinds, mended.skipped) == (pasted, {}, [])


@given(st.text(alphabet="xi =1\n\t>()\"'“”‘’（），`#!%\u00a0\u200b:", max_size=60))
def test_whatever_is_pasted_mending_ends_and_leaves_alone_what_compiles(pasted: str) -> None:
    mended = mend(pasted)
    if problem(pasted) is None:
        assert mended.text == pasted
    elif problem(mended.text) is None:
        assert mended.kinds or mended.skipped  # nothing is mended in silence


def test_strings_keep_their_characters_when_what_is_around_them_is_mended() -> None:
    assert mend("print（'（a，b） \u00a0“c”'）").text == "print('（a，b） \u00a0“c”')"


def test_commands_of_a_notebook_are_left_out_and_named_with_their_lines() -> None:
    mended = mend("!pip install numpy\n%matplotlib inline\nif 1:\n    %time x = 3\n    !ls\nlen?\nx\npip install a")
    assert mended.skipped == [
        "1: !pip install numpy", "2: %matplotlib inline", "5: !ls", "6: len?", "8: pip install a",
    ]  # fmt: skip
    assert list(mended.kinds) == ["timed"]
    assert mend("files = !ls *.csv\nspent = %timeit -o f()\nprint(1)").skipped == [
        "1: files = !ls *.csv", "2: spent = %timeit -o f()",
    ]  # fmt: skip
    assert played("!ls\nif 1:\n    %time x = 3\nprint(x)") == "3\n"


@pytest.mark.parametrize("broken", ["x = (1\nprint(2)", "print 'x'", "如果 x", "if 1:\nprint(1)", 'x = "a'])
def test_what_cannot_be_mended_stays_as_it_was_pasted(broken: str) -> None:
    mended = mend(broken)
    assert (mended.text, mended.kinds) == (broken, {})


def test_a_docstring_with_fences_is_never_taken_for_the_code() -> None:
    broken = 'def f():\n    """\n    ```\n    g()\n    ```\n    """\n    return (\n'
    assert mend(broken).text == broken


def test_tabs_that_could_mean_two_programs_are_left_to_their_author() -> None:
    both = "if 1:\n        if 0:\n\t\tx = 1\n\ty = 2\n        z = 3"
    assert "tabs" not in mend(both).kinds or played(both) == ""


@pytest.mark.parametrize(
    ("session", "typed"),
    [
        ("In [1]: x = 3\n\nIn [2]: print(x)\n3\n", ["x = 3", "", "print(x)", "", ""]),
        ("In [7]: a = 2\n\nIn [8]: a * 2\nOut[8]: 4", ["a = 2", "", "a * 2", ""]),
    ],
)
def test_a_session_of_ipython_that_happens_to_compile_is_one_all_the_same(session: str, typed: list[str]) -> None:
    assert problem(session) is None
    mended = mend(session)
    assert (mended.text.split("\n"), list(mended.kinds)) == (typed, ["prompts"])
    assert mend(session.replace("In [", "Out[")).text == session.replace("In [", "Out[")


@pytest.mark.parametrize("text", ["1 x\n3 y", "1 x\ny", "1 x y\n2 z z"])
def test_numbers_that_do_not_count_all_lines_or_stand_before_no_code_stay(text: str) -> None:
    assert mend(text).text == text


def shown(pasted: str) -> str:
    import sys

    out, hook = io.StringIO(), sys.displayhook
    sys.displayhook = show_value
    try:
        with contextlib.redirect_stdout(out):
            names: dict[str, object] = {}
            for cell in ready(pasted, "pasted.py")[1]:
                for code in cell:
                    exec(code, names)
    finally:
        sys.displayhook = hook
    return out.getvalue()


@pytest.mark.parametrize(
    ("pasted", "printed"),
    [
        ("x = 2\nx * 21", "42\n"),
        ("'text'", "'text'\n"),
        ("x = 2\nx;", ""),
        ("x = 2\nx  ;  # quiet", ""),
        ("None", ""),
        ("print(1)", "1\n"),
        ("x = 1\n'''\nold code\n'''", ""),
        ("1\n2", "2\n"),
        ("from __future__ import annotations\ndef f(x: nowhere): ...\nf.__annotations__", "{'x': 'nowhere'}\n"),
        ("for i in range(2): i", ""),
    ],
)
def test_the_value_of_a_last_expression_is_shown(pasted: str, printed: str) -> None:
    assert shown(pasted) == printed


def test_a_notebook_is_its_code_cells_each_showing_its_last_value() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "x = 1\n", "x"], "outputs": []},
        {"cell_type": "code", "source": "%%bash\nrm -r /"},
        {"cell_type": "code", "source": "x + 1"},
    ]
    pasted = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    assert shown(pasted) == "1\n2\n"
    assert notebook.cells('{"cells": [], "x": 1}') is None  # a dictionary of one's own
    assert notebook.cells('{"cells": ') is None
