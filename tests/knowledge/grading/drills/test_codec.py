from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from knowledge.grading.drills.codec import MOST_BYTES, Unreadable, decode, encode

NUMBERS = st.one_of(
    arrays.arrays(dtype, arrays.array_shapes(min_dims=0, min_side=0, max_dims=3, max_side=4))
    for dtype in (np.float64, np.float32, np.int64, np.int8, np.bool_, np.complex128, np.uint16)
)
LEAVES = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8) | st.complex_numbers()
    | NUMBERS
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner)
    | st.dictionaries(st.integers() | st.text(max_size=4) | st.tuples(st.integers(), st.booleans()), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def alike(one: Any, other: Any) -> bool:  # noqa: ANN401
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, tuple | list):
        return type(one) is type(other) and len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(alike(one[key], other[key]) for key in one)
    return type(one) is type(other) and (one == other or (one != one and other != other))


@given(VALUES)
def test_a_value_comes_back_as_it_was_through_json(value: object) -> None:
    there = json.loads(json.dumps(encode(value)))
    if not isinstance(value, complex):
        assert alike(decode(there), value)
    assert encode(decode(there)) == there


@pytest.mark.parametrize(
    ("value", "called"),
    [
        ({1, 2}, "set"),
        ((each for each in ()), "generator"),
        (range(3), "range"),
        (object(), "object"),
        (b"bytes", "bytes"),
        (np.array([object()]), "an array of dtype object"),
        (np.array(["2026-01-01"], dtype="datetime64[D]"), "an array of dtype datetime64[D]"),
        (np.zeros(MOST_BYTES), "a value that is too large"),
        ([0] * 30_000, "a value that is too large"),
        (1 << 2000, "an integer of more than 1024 bits"),
    ],
)
def test_what_is_no_value_is_named_and_refused(value: object, called: str) -> None:
    with pytest.raises(Unreadable, match=called.replace("[", r"\[")):
        encode(value)


def test_a_list_within_itself_is_too_large() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(Unreadable, match="too large"):
        encode(value)


def test_no_method_of_a_class_of_the_answers_own_is_called() -> None:
    class Lying(np.ndarray):
        def __array__(self, *_: object) -> np.ndarray:
            raise AssertionError

        def tobytes(self, *_: object) -> bytes:
            raise AssertionError

    class Text(str):
        def __str__(self) -> str:
            raise AssertionError

    class Pairs(dict):  # type: ignore[type-arg]
        def items(self) -> list:  # type: ignore[type-arg]
            raise AssertionError

    plain = np.arange(3.0)
    assert encode([plain.view(Lying), Text("a"), Pairs(a=1)]) == encode([plain, "a", {"a": 1}])


@pytest.mark.parametrize(
    "data",
    [
        {"a": ["|O", [1], ""]}, {"a": ["<f8", [2], "AAAA"]}, {"a": ["<f8", [-1], ""]}, {"a": ["<f8", [1 << 40], ""]},
        {"a": ["<f8", [0], "???"]}, {"f": "1"}, {"t": [], "l": []}, {"x": 1}, {"d": [[[], 1]]}, {"d": [[{"l": []}, 1]]},
        {"u": [[2], ["a"]]}, {"u": [[1], [1]]}, {"c": ["a", 1]}, [1], {"a": ["<f8", [True], "AAAAAAAAAAA="]},
        {"u": [[50_000], ["a" * 100] * 50_000]},
    ],
)  # fmt: skip
def test_what_encode_does_not_write_is_refused(data: object) -> None:
    with pytest.raises(Unreadable):
        decode(data)


def test_nothing_is_unpickled() -> None:
    payload = pickle.dumps([1]).decode("latin-1")
    assert decode({"l": [payload]}) == [payload]
    assert not {"pickle", "marshal"} & set(dir(__import__("knowledge.grading.drills.codec", fromlist=["_"])))


def test_deep_nests_are_refused_not_recursed_into() -> None:
    data: object = 1
    for _ in range(500):
        data = {"l": [data]}
    with pytest.raises(Unreadable):
        decode(data)
