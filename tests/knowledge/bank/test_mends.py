"""The search for a second line that mends a program: what it finds, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from knowledge.bank import mends


def found(broken: str, fixed: str, wrong: list[int], seconds: float = 5.0) -> dict[int, list[str]]:
    """Run the search in a process of its own; return the mends by line."""
    lines = range(1, len(broken.splitlines()) + 1)
    source = mends.program(broken, fixed, wrong, lines, seconds)
    assert source is not None
    ended = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True, timeout=60)
    of_line: dict[int, list[str]] = {}
    for number, text in mends.passed(ended.stdout):
        of_line.setdefault(number, []).append(text.strip())
    return of_line


FROM_ZERO = """\
import math
beta, v, rate, w = 0.9, 0.0, 0.1, 0.0
for t in range(3):
    g = 2.0
    v = beta * v + (1 - beta) * g**2
    hat = v / (1 - beta**t)
    w = w - rate * g / math.sqrt(hat)
print(round(w, 6))
assert abs(w + 0.3) < 1e-9, w
"""


def test_a_line_where_the_count_may_be_shifted_as_well_is_found() -> None:
    fixed = FROM_ZERO.replace("range(3)", "range(1, 4)")
    assert "hat = v / (1 - beta**(t + 1))" in found(FROM_ZERO, fixed, [3])[6]


@pytest.mark.parametrize(
    ("wrong", "broken", "fixed", "line", "mend"),
    [
        (3, "a, b = 5, 3\nc = a - b\nd = b - a\ne = c * d\nprint(e)\nassert e == 4", "d = a - b", 2, "c = -(a - b)"),
        (2, "rate, x = 4.0, 8.0\ng = x * 1\nw = g * 1\nassert w == 2.0", "g = x / rate", 3, "w = (g * 1) / rate"),
        (2, "x = [1, 2, 6]\nn = len(x) - 1\nm = sum(x) / n\nassert m == 3.0", "n = len(x)", 3, "m = sum(x) / (n + 1)"),
    ],
)
def test_other_lines_that_mend_are_found(wrong: int, broken: str, fixed: str, line: int, mend: str) -> None:
    lines = broken.splitlines()
    whole = "\n".join([*lines[: wrong - 1], fixed, *lines[wrong:]])
    assert mend in found(broken, whole, [wrong])[line]


def test_a_loose_assertion_lets_no_wrong_program_pass() -> None:
    broken = "a, b = 5.0, 2.0\ngap = a + b\nhalf = gap / 2\nprint(half)\nassert half < 2"
    assert found(broken, broken.replace("a + b", "a - b"), [2]) == {}, "gap / 8 passes the assertion and is wrong"


def test_data_and_loops_that_never_run_mend_nothing() -> None:
    broken = "total = 0\nfor n in range(3):\n    total += n + 1\nprint(total)\nassert total == 0"
    assert found(broken, broken.replace("n + 1", "n * 0"), [3]).get(2) is None


def test_an_endless_mutant_is_cut_off() -> None:
    broken = "n = 3\ntotal = 0\nwhile n > 0:\n    n = n - 1\n    total = total + 2\nprint(total)\nassert total == 3"
    assert found(broken, broken.replace("total + 2", "total + 1"), [5]) == {}


def test_nothing_to_try_is_no_program() -> None:
    assert mends.program("x = 1\nassert x == 2", "x = 2\nassert x == 2", [1], [1], 1.0) is None


def test_lines_that_return_are_tried() -> None:
    broken = "def f(x):\n    y = x - 1\n    return y - 1\nprint(f(3))\nassert f(3) == 3 and f(0) == 0"
    assert "return y + 1" in found(broken, broken.replace("x - 1", "x + 1"), [2])[3]


def test_to_return_what_is_compared_with_is_no_mend() -> None:
    broken = "def f(x):\n    y = x - 1\n    return y\nwanted = sum([1, 3])\nprint(f(3))\nassert f(3) == wanted"
    assert "return wanted" not in found(broken, broken.replace("x - 1", "x + 1"), [2]).get(3, [])


CRASHES = """\
import os
n = 2
def f(x):
    if x > 2:
        os.kill(os.getpid(), 11)
    return x
a = f(n)
b = a - 1
print(b)
assert b == 3
"""


def test_a_mutant_that_brings_its_process_down_mends_nothing_and_the_next_are_tried() -> None:
    of_line = found(CRASHES, CRASHES.replace("a - 1", "a + 1"), [8])
    assert 4 not in of_line, "x >= 2 crashes"
    assert "return (x) * 2" in of_line[6]


def test_a_fixed_program_that_crashes_ends_the_search() -> None:
    assert found(CRASHES.replace("n = 2", "n = 3"), CRASHES.replace("n = 2", "n = 4"), [2]) == {}


def test_what_a_changed_program_takes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = "size = len(bytearray(40_000_000))\nx = [1, 2, 6]\nn = len(x) - 1\nm = sum(x) / n\nassert m == 3.0"
    fixed = broken.replace("len(x) - 1", "len(x)")
    assert "m = sum(x) / (n + 1)" in found(broken, fixed, [3], 40.0)[4]
    monkeypatch.setattr(mends, "_ROOM", 20_000_000)
    assert found(broken, fixed, [3], 40.0) == {}, "it had room for none of them"


def test_what_is_printed_beside_the_answer_is_not_read() -> None:
    assert mends.passed('[nonsense\n\nmended by: [[2, "x"]]\nafterwards') == [(2, "x")]
    assert mends.passed("[nonsense") == []
