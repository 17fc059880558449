"""What is right, as docs/drills.md says it: each rule beside what it does not allow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.grading.drills import judging
from knowledge.grading.drills.calling import Returned
from knowledge.grading.drills.judging import JudgeError, same
from tests.knowledge.drilled import JUDGE, MISTAKES, SOLUTION, START

CHECKS = ("shape", "values", "large")


def results(answer: str, *, seed: int = 3, judge: str = JUDGE) -> tuple[list[judging.Checked], str | None]:
    loaded = judging.load(judge)
    made = judging.probes(loaded, seed, CHECKS)
    right = judging.expected(loaded, made)
    returned = judging.answers(answer, "softmax", made)
    mistakes = {name: judging.answers(text, "softmax", made) for name, text in MISTAKES.items()}
    return judging.judge(loaded, made, right, returned), judging.told(loaded, made, returned, mistakes)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (np.ones(3), np.ones(3), True),
        (np.ones((3, 1)), np.ones((1, 3)), False),
        (np.ones(3, np.float32), np.ones(3), True),
        (np.array([True, False]), np.array([1, 0]), True),
        (np.array([1]), 1.0, True),
        (np.array([[1]]), 1, True),
        (np.array([[1]]), np.array([1]), False),
        (1, 1.0 + 1e-9, True),
        (1, 1.1, False),
        ((1, np.ones(2)), [1.0, np.ones(2)], True),
        ((1, np.ones(2)), [1.0, np.ones(3)], False),
        ([0.5, 0.5], np.array([0.5, 0.5]), True),
        ([0.5, 0.5], np.array([[0.5, 0.5]]), False),
        ([[1], [2, 3]], np.array([1, 2]), False),
        (np.nan, np.nan, False),
        (np.array([1, np.nan]), np.array([1, np.nan]), False),
        (np.inf, np.inf, True),
        (np.inf, -np.inf, False),
        (None, None, True),
        (None, 0, False),
        ("ab", "ab", True),
        ("1", 1, False),
        ({"a": 1}, {"a": np.array(1.0)}, True),
        ({"a": 1}, {"b": 1}, False),
        ({1: [1, "x"]}, {1: (1, "x")}, True),
        (True, 1, True),
        (10**30, 10**30, True),
        (np.array(["a"]), np.array(["a"]), True),
        (np.array(["a"]), ["a"], False),
        ([], [], True),
        ([], np.zeros(0), False),
    ],
)
def test_two_values_are_the_same_or_not(one: object, other: object, is_same: bool) -> None:
    assert same(one, other) is is_same
    assert same(other, one) is is_same


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.floats(1e-9, 1e-2))
def test_the_tolerance_is_relative_and_absolute(number: float, tolerance: float) -> None:
    assert same(number + tolerance * (1 + abs(number)) * 0.9, number, tolerance)
    assert not same(number + tolerance * (1 + abs(number)) * 1.2, number, tolerance) or abs(number) > 1e6 / tolerance


def test_the_solution_passes_and_the_start_and_each_mistake_fail() -> None:
    for seed in range(5):
        assert judging.passes(results(SOLUTION, seed=seed)[0])
        assert not any(each.passed for each in results(START, seed=seed)[0])
        for name, text in MISTAKES.items():
            checks, told = results(text, seed=seed)
            assert not judging.passes(checks)
            assert told == name


def test_an_answer_that_is_wrong_in_another_way_is_told_no_mistake() -> None:
    _, told = results(SOLUTION.replace("exps / exps", "2 * exps / exps"))
    assert told is None


def test_a_mistake_with_one_more_is_not_told_as_the_one() -> None:
    assert results(MISTAKES["overflows"].replace("np.exp(logits)", "np.exp(logits) + 1e-3"))[1] is None


def test_the_smallest_counterexample_is_shown() -> None:
    checks, _ = results(MISTAKES["wrong-axis"])
    shown = {each.name: each.counterexample for each in checks}["values"]
    assert shown is not None
    assert shown.given_shape == shown.expected_shape == "(1, 2)"
    assert shown.arguments.startswith("logits = [[")


def test_a_wrong_shape_is_shown_before_wrong_values_of_a_smaller_input() -> None:
    wrong = SOLUTION.replace("return exps", "exps = exps.T if len(logits) > 2 else exps + 1\n    return exps")
    wrong = wrong.replace("exps.sum(axis=-1, keepdims=True)", "1")
    checks, _ = results(wrong)
    shown = {each.name: each.counterexample for each in checks}["values"]
    assert shown is not None
    assert (shown.given_shape, shown.expected_shape) == ("(4, 3)", "(3, 4)")


def test_changing_the_arguments_in_place_fails_unless_the_judge_allows_it() -> None:
    changing = SOLUTION.replace("    shifted", "    logits -= 1\n    shifted")
    checks, _ = results(changing)
    assert not any(each.passed for each in checks)
    assert checks[0].counterexample is not None
    assert checks[0].counterexample.error == "it changes its arguments in place"
    assert judging.passes(results(changing, judge=f"{JUDGE}\nIN_PLACE = True\n")[0])


def test_errors_of_the_same_type_are_the_same_and_others_are_not() -> None:
    loaded = judging.load(JUDGE)
    made = judging.probes(loaded, 1, CHECKS)
    one, same_type, other = [
        [Returned(error=error, message=message) for _ in made]
        for error, message in (("ValueError", "a"), ("ValueError", "b"), ("TypeError", "a"))
    ]
    assert judging.agrees(loaded, made, one, same_type)
    assert not judging.agrees(loaded, made, one, other)


def test_nan_agrees_with_the_nan_of_a_mistake() -> None:
    assert results(MISTAKES["overflows"])[1] == "overflows"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("def probes", "def other", "defines no probes"),
        ('"large": [', '"other": [', "has the checks"),
        ("import math", "import maths", "does not run"),
        ("(rng.normal(size=(1, 3)),)", "rng.normal(size=(1, 3))", "where a tuple of arguments belongs"),
        ("(rng.normal(size=(1, 3)),)", "({1, 2},)", "cannot cross the wall"),
        ("def reference", "def _reference", "neither reference nor"),
        ("rng.normal(size=(1, 3))", "rng.wrong()", "fails"),
        ("math.exp(each - top)", "math.wrong(each)", "reference fails for"),
    ],
)
def test_what_is_wrong_with_a_judge_is_said(old: str, new: str, said: str) -> None:
    assert old in JUDGE
    with pytest.raises(JudgeError, match=said):
        results(SOLUTION, judge=JUDGE.replace(old, new))


def test_a_property_that_fails_over_what_it_is_given_does_not_hold() -> None:
    broken = JUDGE.replace("np.shape(given) ==", "given.shape ==")
    checks, _ = results("def softmax(x): return None", judge=broken)
    assert not checks[0].passed
    assert judging.passes(results(SOLUTION, judge=broken)[0])


def test_arguments_are_named_as_the_learner_names_them_and_long_ones_cut() -> None:
    assert judging.parameters(SOLUTION, "softmax") == ("logits",)
    text = judging.show_arguments((np.zeros((40, 40)), 3), ("logits", "k"))
    assert text.startswith("logits = [[0.")
    assert text.endswith("k = 3")
    assert len(text) < 800
    assert "\n          " in text  # rows stand below each other
