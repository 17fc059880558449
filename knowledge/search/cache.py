"""Arrays kept on disk: verified before they are read, replaced whole, never unpickled.

A file is one line of JSON (format, fingerprint, length and SHA-256 of the rest) and the rest: one line of JSON (name,
type, shape and place of each array) and the arrays' bytes. The rest is not parsed before its checksum
fits. The arrays are views of the file's bytes: nothing is copied or decompressed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.errors import IndexCacheError
from knowledge.files import write_whole
from knowledge.search.arrays import Arrays

log = logging.getLogger(__name__)

_FORMAT = 2
#: A header is a few hundred bytes; a first line longer than this is not one of ours.
_HEADER_MAX = 4096
#: Arrays begin at multiples of this, so that nothing that computes over them has to copy them first.
_ALIGN = 64
#: Plain numbers of a fixed size, as NumPy writes their type.
_TYPE = re.compile(r"[<|][biuf][1-8]")


def pack(fingerprint: str, arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    """Return the bytes of a cache file.

    Raises:
        TypeError: an array holds something else than numbers.
    """
    places: list[tuple[str, str, tuple[int, ...], int]] = []
    parts: list[bytes] = []
    size = 0
    for name, array in arrays.items():
        if not _TYPE.fullmatch(array.dtype.str):
            raise TypeError(f"{name} is an array of {array.dtype}; only numbers are kept")
        data = array.tobytes()
        places.append((name, array.dtype.str, array.shape, size))
        parts.append(data + bytes(-len(data) % _ALIGN))
        size += len(parts[-1])
    payload = _line(places) + b"".join(parts)
    header = {
        "format": _FORMAT,
        "fingerprint": fingerprint,
        "bytes": len(payload),
        "sha256": hashlib.sha256(payload).hexdigest(),
    }
    return _line(header) + payload


def _line(value: object) -> bytes:
    """Return a line of JSON, filled up with spaces so that what follows is aligned."""
    text = json.dumps(value).encode()
    return text + b" " * (-(len(text) + 1) % _ALIGN) + b"\n"


def unpack(data: bytes, fingerprint: str) -> Arrays | None:
    """Return the arrays, read-only, or None when the file is sound but was made from something else (stale).

    Raises:
        IndexCacheError: the file is damaged.
    """
    end = data.find(b"\n", 0, _HEADER_MAX)
    header = _parsed(data[: max(end, 0)])
    if not isinstance(header, dict) or header.get("format") not in (1, _FORMAT):
        raise IndexCacheError("its header is not readable")
    payload = memoryview(data)[end + 1 :]
    if header.get("bytes") != len(payload) or header.get("sha256") != hashlib.sha256(payload).hexdigest():
        raise IndexCacheError("its checksum does not fit")
    if header.get("fingerprint") != fingerprint or header["format"] != _FORMAT:
        return None
    second = data.find(b"\n", end + 1)
    try:
        return dict(_view(data, second + 1, *place) for place in _parsed(data[end + 1 : max(second, 0)]))
    except (ValueError, TypeError) as error:
        raise IndexCacheError(f"its arrays are not readable ({error})") from error


def _parsed(line: bytes) -> Any:  # noqa: ANN401 - anything JSON can hold
    try:
        return json.loads(line)
    except ValueError:
        return None


def _view(data: bytes, base: int, name: str, kind: str, shape: list[int], offset: int) -> tuple[str, NDArray[Any]]:
    if not _TYPE.fullmatch(kind) or min(offset, *shape, 0) < 0:
        raise ValueError(f"{name} is no array of numbers")
    return name, np.frombuffer(data, np.dtype(kind), math.prod(shape), base + offset).reshape(shape)


def lines(texts: Iterable[str]) -> NDArray[np.uint8]:
    """Return texts without line breaks as an array, for `texts`."""
    return np.frombuffer("".join(f"{text}\n" for text in texts).encode(), np.uint8)


def texts(array: NDArray[np.generic]) -> list[str]:
    """Return the texts of `lines`; `ValueError` where they are none."""
    return array.tobytes().decode().split("\n")[:-1]


def read(path: Path, fingerprint: str, what: str = "index") -> Arrays | None:
    """Return the arrays under `path`, or None when there are none that fit: absent, stale or damaged (logged)."""
    try:
        return unpack(path.read_bytes(), fingerprint)
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("the %s in %s cannot be read (%s); it is built anew", what, path, error.strerror or error)
    except IndexCacheError as error:
        log.warning("the %s in %s is damaged: %s; it is built anew", what, path, error)
    return None


def write(path: Path, fingerprint: str, arrays: Mapping[str, NDArray[np.generic]], what: str = "index") -> bool:
    """Put the arrays under `path`, whole or not at all; a folder that takes no file is logged once, not an error.

    Another process sees the old file or the new one, never half of either.
    """
    try:
        write_whole(path, pack(fingerprint, arrays), private=True)
    except OSError as error:
        log.warning(
            "the %s cannot be kept in %s (%s); it works from memory and is built anew at the next start",
            what,
            path.parent,
            error.strerror or error,
        )
        return False
    return True
