"""Values as JSON, to cross the wall: arrays, numbers, booleans, strings, None, and tuples, lists and dicts of them.

Never pickle: what comes back was written by somebody hostile. This module is also shipped into the sandbox as text
(`knowledge.grading.drills.shipping`), so it imports NumPy and the standard library only.

    None, True, "text", 3, 0.5                 as they are
    {"f": "nan"}                               a float that JSON has no word for: nan, inf, -inf
    {"c": [re, im]}                            a complex number
    {"a": ["<f8", [2, 3], "base64"]}           an array: dtype, shape, bytes in C order
    {"u": [[2], ["a", "b"]]}                   an array of strings: shape, elements
    {"t": […]}  {"l": […]}  {"d": [[k, v], …]} tuple, list, dict
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterable
from typing import Any

import numpy as np

#: Of one value, with all that is in it.
MOST_BYTES = 1 << 19
MOST_PARTS = 20_000
MOST_DEPTH = 24
#: Kinds of dtypes that are numbers.
_NUMBERS = "biufc"
_DTYPES = frozenset(["|b1", "|i1", "|u1", "<i2", "<i4", "<i8", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16"])

Json = Any


class Unreadable(ValueError):
    """This is no value that crosses the wall; the text says what it is instead."""


class _Budget:
    """What is left of the size that one value may have."""

    def __init__(self) -> None:
        self.bytes = MOST_BYTES
        self.parts = MOST_PARTS

    def take(self, count: int, depth: int) -> None:
        self.bytes -= count
        self.parts -= 1
        if self.bytes < 0 or self.parts < 0 or depth > MOST_DEPTH:
            raise Unreadable("a value that is too large")


def encode(value: object) -> Json:
    """Return `value` as JSON can hold it. Equal values of the same types give equal JSON.

    No method is called that a class of the answer's own could have overridden.

    Raises:
        Unreadable: it is nothing of that sort, or larger than `MOST_BYTES`, `MOST_PARTS` or `MOST_DEPTH`.
    """
    return _encode(value, _Budget(), 0)


def _encode(value: object, budget: _Budget, depth: int) -> Json:
    budget.take(8, depth)
    if value is None or value is True or value is False:
        return value
    if isinstance(value, np.ndarray):
        return _encode_array(value, budget)
    if isinstance(value, np.generic):
        return _encode_array(np.array(value, subok=False), budget, scalar=True)
    if isinstance(value, str):
        text = str.__str__(value)
        budget.take(4 * len(text), depth)
        return text.encode("utf-8", "replace").decode()
    if isinstance(value, int):
        return _integer(int.__int__(value))
    if isinstance(value, float):
        return _float(float.__float__(value))
    if isinstance(value, complex):
        return {"c": [_float(complex.__complex__(value).real), _float(complex.__complex__(value).imag)]}
    return _encode_container(value, budget, depth + 1)


def _encode_container(value: object, budget: _Budget, depth: int) -> Json:
    if isinstance(value, tuple):
        return {"t": _each(tuple.__iter__(value), budget, depth)}
    if isinstance(value, list):
        return {"l": _each(list.__iter__(value), budget, depth)}
    if isinstance(value, dict):
        pairs = list(dict.items(value))
        return {"d": [_each(pair, budget, depth) for pair in pairs]}
    raise Unreadable(type(value).__name__[:80])


def _each(values: Iterable[object], budget: _Budget, depth: int) -> list[Json]:
    return [_encode(each, budget, depth) for each in values]


def _integer(number: int) -> int:
    if number.bit_length() > 1024:
        raise Unreadable("an integer of more than 1024 bits")
    return number


def _float(number: float) -> Json:
    return number if math.isfinite(number) else {"f": repr(number)}


def _encode_array(array: np.ndarray[Any, Any], budget: _Budget, *, scalar: bool = False) -> Json:
    plain = np.array(array, subok=False, copy=True, order="C")
    kind = plain.dtype.kind
    if kind == "U":
        budget.take(plain.nbytes + 8 * plain.size, 0)
        return str(plain.item()) if scalar else {"u": [list(plain.shape), [str(text) for text in plain.ravel()]]}
    if kind not in _NUMBERS:
        raise Unreadable(f"an array of dtype {plain.dtype.name}"[:80])
    if plain.dtype.itemsize > (16 if kind == "c" else 8):  # long doubles: no two machines agree on them
        plain = plain.astype("<c16" if kind == "c" else "<f8")
    if scalar:
        item = plain.item()
        return _encode(item, budget, 0)
    budget.take(plain.nbytes, 0)
    plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
    return {"a": [plain.dtype.str, list(plain.shape), base64.b64encode(plain.tobytes()).decode()]}


def decode(data: Json) -> Any:  # noqa: ANN401 - any value that crosses the wall
    """Return the value, made anew: nothing of it is shared with what another call returns.

    Raises:
        Unreadable: this is not what `encode` writes.
    """
    return _decode(data, _Budget(), 0)


def _decode(data: Json, budget: _Budget, depth: int) -> Any:  # noqa: ANN401
    budget.take(8, depth)
    if data is None or isinstance(data, bool | int | float):
        return data
    if isinstance(data, str):
        budget.take(len(data), depth)
        return data
    match data:
        case {"f": "nan" | "inf" | "-inf" as word} if len(data) == 1:
            return float(word)
        case {"c": [re, im]} if len(data) == 1:
            return complex(_real(re), _real(im))
        case {"a": [str() as dtype, list() as shape, str() as content]} if len(data) == 1:
            return _decode_array(dtype, shape, content, budget)
        case {"u": [list() as shape, list() as texts]} if len(data) == 1:
            return _decode_texts(shape, texts, budget)
        case {"t": list() as parts} if len(data) == 1:
            return tuple(_decode(part, budget, depth + 1) for part in parts)
        case {"l": list() as parts} if len(data) == 1:
            return [_decode(part, budget, depth + 1) for part in parts]
        case {"d": list() as pairs} if len(data) == 1:
            return dict(_pair(pair, budget, depth + 1) for pair in pairs)
    raise Unreadable("no value")


def _real(data: Json) -> float:
    number = _decode(data, _Budget(), 0)
    if not isinstance(number, float):
        raise Unreadable("no number")
    return number


def _pair(data: Json, budget: _Budget, depth: int) -> tuple[Any, Any]:
    if not isinstance(data, list) or len(data) != 2:
        raise Unreadable("no pair")
    key, value = (_decode(part, budget, depth) for part in data)
    try:
        hash(key)
    except TypeError:
        raise Unreadable("no key") from None
    return key, value


def _shape(shape: list[Json]) -> tuple[int, ...]:
    if len(shape) > 16 or not all(type(length) is int and 0 <= length < 1 << 31 for length in shape):
        raise Unreadable("no shape")
    return tuple(shape)


def _decode_array(dtype: str, shape: list[Json], content: str, budget: _Budget) -> np.ndarray[Any, Any]:
    budget.take(len(content) * 3 // 4, 0)
    if dtype not in _DTYPES:
        raise Unreadable("no dtype")
    try:
        raw = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("no bytes") from None
    lengths = _shape(shape)
    if math.prod(lengths) * np.dtype(dtype).itemsize != len(raw):
        raise Unreadable("bytes that do not fill their shape")
    return np.frombuffer(raw, dtype=dtype).reshape(lengths).copy()


def _decode_texts(shape: list[Json], texts: list[Json], budget: _Budget) -> np.ndarray[Any, Any]:
    lengths = _shape(shape)
    if math.prod(lengths) != len(texts) or not all(isinstance(text, str) for text in texts):
        raise Unreadable("no strings")
    # NumPy gives every element the width of the longest.
    budget.take(4 * len(texts) * max((len(text) for text in texts), default=0), 0)
    return np.array(texts, dtype=np.str_).reshape(lengths)
