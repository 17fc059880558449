"""Arrays kept on disk: verified before they are read, replaced whole, never unpickled.

A file is one line of JSON (format, fingerprint, length and SHA-256 of the rest) and the rest: one line of JSON (name,
type, shape and place of each array) and the arrays' bytes. The rest is not parsed before its checksum
fits. The arrays are views of the file, mapped: nothing is copied or decompressed, a part that nobody reads takes no
memory, and processes that read the same file share it. Files are replaced, never written in place.

Of a large file the checksum is a tenth of a start. One that fitted is noted beside the file, with the file's size and
times of change; as long as these are the same, it is not reckoned anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import mmap
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping
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
#: From this size on a checksum that fitted is noted: .3 s for the index of the packaged bank.
_LARGE = 1 << 26
#: A file that was changed so short a time ago may be changed once more at what its times call the same moment.
_SETTLED_S = 2.0


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


def unpack(data: bytes, fingerprint: str | None) -> Arrays | None:
    """Return the arrays, read-only, or None when the file is sound but was made from something else (stale).

    Without a fingerprint it does not matter from what it was made.

    Raises:
        IndexCacheError: the file is damaged.
    """
    return _unpacked(data, fingerprint, lambda start: hashlib.sha256(memoryview(data)[start:]).hexdigest())


def load(path: Path, fingerprint: str | None) -> Arrays | None:
    """Return what `unpack` does of the file under `path`.

    Raises:
        OSError: it cannot be read.
        IndexCacheError: it is damaged.
    """
    with path.open("rb") as file:
        try:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:
            raise IndexCacheError("it is empty") from error

        stamp, note = _stamp(file.fileno()), path.with_name(f"{path.name}.checked")

        def checksum(start: int) -> str:
            if len(data) >= _LARGE and (noted := _noted(note, stamp)) is not None:
                return noted
            # Read, not mapped: what is checked and never used then takes no memory of this process.
            file.seek(start)
            found = hashlib.file_digest(file, "sha256").hexdigest()
            if len(data) >= _LARGE and _stamp(file.fileno()) == stamp:
                _keep_note(note, stamp, found)
            return found

        return _unpacked(data, fingerprint, checksum)


def _stamp(descriptor: int) -> list[int]:
    """Return what of a file differs once anybody has written to it or put another in its place."""
    found = os.fstat(descriptor)
    return [found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def _noted(note: Path, stamp: list[int]) -> str | None:
    """Return the checksum that was reckoned of the file when it had this stamp; None where none was."""
    try:
        kept = _parsed(note.read_bytes())
    except OSError:
        return None
    if not isinstance(kept, dict) or kept.get("stamp") != stamp:
        return None
    return str(kept.get("sha256"))


def _keep_note(note: Path, stamp: list[int], checksum: str) -> None:
    """Note the checksum of a file that has had this stamp for a while; where that fails, the next start reckons it."""
    if time.time_ns() - max(stamp[-2:]) < _SETTLED_S * 1e9:
        return
    try:
        write_whole(note, json.dumps({"stamp": stamp, "sha256": checksum}).encode(), private=True)
    except OSError as error:
        log.debug("the checksum of %s cannot be noted: %s", note, error)


def let_go(arrays: Arrays) -> None:
    """Give the memory of mapped arrays back; what is used comes again by itself.

    It comes from the system's own copy of the file, as long as that has room for it.
    """
    maps = {id(each): each for each in map(_owner, arrays.values()) if isinstance(each, mmap.mmap)}
    for each in maps.values():
        each.madvise(mmap.MADV_DONTNEED)


def _owner(array: object) -> object:
    while isinstance(array, np.ndarray | memoryview):
        array = array.base if isinstance(array, np.ndarray) else array.obj
    return array


def _unpacked(data: bytes | mmap.mmap, fingerprint: str | None, checksum: Callable[[int], str]) -> Arrays | None:
    end = data.find(b"\n", 0, _HEADER_MAX)
    header = _parsed(data[: max(end, 0)])
    if not isinstance(header, dict) or header.get("format") not in (1, _FORMAT):
        raise IndexCacheError("its header is not readable")
    if header.get("bytes") != len(data) - end - 1 or header.get("sha256") != checksum(end + 1):
        raise IndexCacheError("its checksum does not fit")
    if fingerprint not in (None, header.get("fingerprint")) or header["format"] != _FORMAT:
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


def _view(
    data: bytes | mmap.mmap, base: int, name: str, kind: str, shape: list[int], offset: int
) -> tuple[str, NDArray[Any]]:
    if not _TYPE.fullmatch(kind) or min(offset, *shape, 0) < 0:
        raise ValueError(f"{name} is no array of numbers")
    return name, np.frombuffer(data, np.dtype(kind), math.prod(shape), base + offset).reshape(shape)


def lines(texts: Iterable[str]) -> NDArray[np.uint8]:
    """Return texts without line breaks as an array, for `texts`."""
    return np.frombuffer("".join(f"{text}\n" for text in texts).encode(), np.uint8)


def texts(array: NDArray[np.generic]) -> list[str]:
    """Return the texts of `lines`; `ValueError` where they are none."""
    return array.tobytes().decode().split("\n")[:-1]


def read(path: Path, fingerprint: str, what: str = "index", *, quiet: bool = False) -> Arrays | None:
    """Return the arrays under `path`, or None when there are none that fit: absent, stale or damaged.

    What is damaged is logged, unless it is to be `quiet`: then somebody else will look, and tell of it.
    """
    level = logging.DEBUG if quiet else logging.WARNING
    try:
        return load(path, fingerprint)
    except FileNotFoundError:
        return None
    except OSError as error:
        log.log(level, "the %s in %s cannot be read (%s); it is built anew", what, path, error.strerror or error)
    except IndexCacheError as error:
        log.log(level, "the %s in %s is damaged: %s; it is built anew", what, path, error)
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
