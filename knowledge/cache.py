"""Arrays kept on disk: verified before they are read, replaced whole, never unpickled.

A file is one line of JSON (format, fingerprint, length and SHA-256 of the rest) and an `.npz` archive. Nothing in the
archive is looked at before its checksum fits, and NumPy is told to refuse pickled objects.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import IndexCacheError

log = logging.getLogger(__name__)

Arrays = dict[str, NDArray[np.generic]]
_FORMAT = 1
#: A header is a few hundred bytes; a first line longer than this is not one of ours.
_HEADER_MAX = 4096


def pack(fingerprint: str, arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    """Return the bytes of a cache file."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    payload = buffer.getvalue()
    header = {
        "format": _FORMAT,
        "fingerprint": fingerprint,
        "bytes": len(payload),
        "sha256": hashlib.sha256(payload).hexdigest(),
    }
    return json.dumps(header).encode() + b"\n" + payload


def unpack(data: bytes, fingerprint: str) -> Arrays | None:
    """Return the arrays, or None when the file is sound but was made from something else (stale).

    Raises:
        IndexCacheError: the file is damaged.
    """
    line, newline, payload = data.partition(b"\n")
    try:
        header = json.loads(line) if newline and len(line) <= _HEADER_MAX else None
    except ValueError:
        header = None
    if not isinstance(header, dict) or header.get("format") != _FORMAT:
        raise IndexCacheError("its header is not readable")
    if header.get("bytes") != len(payload) or header.get("sha256") != hashlib.sha256(payload).hexdigest():
        raise IndexCacheError("its checksum does not fit")
    if header.get("fingerprint") != fingerprint:
        return None
    try:
        with np.load(io.BytesIO(payload), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, OSError, KeyError, zipfile.BadZipFile) as error:
        raise IndexCacheError(f"its arrays are not readable ({error})") from error


def read(path: Path, fingerprint: str) -> Arrays | None:
    """Return the arrays under `path`, or None when there are none that fit: absent, stale or damaged (logged)."""
    try:
        return unpack(path.read_bytes(), fingerprint)
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("the index in %s cannot be read (%s); it is built anew", path, error.strerror or error)
    except IndexCacheError as error:
        log.warning("the index in %s is damaged: %s; it is built anew", path, error)
    return None


def write(path: Path, fingerprint: str, arrays: Mapping[str, NDArray[np.generic]]) -> bool:
    """Put the arrays under `path`, whole or not at all; a folder that takes no file is logged once, not an error.

    The file is written beside its place and renamed into it, so that another process sees the old one or the new one,
    never half of either.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(pack(fingerprint, arrays))
            os.replace(name, path)
        except OSError:
            with suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        log.warning(
            "the index cannot be kept in %s (%s); it works from memory and is built anew at the next start",
            path.parent,
            error.strerror or error,
        )
        return False
    return True
