"""Vectors of an earlier index for texts that have not changed: an edit costs the encoding of what was edited.

old index file → texts it has vectors of, by digest → only the others are encoded
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.errors import IndexCacheError
from knowledge.progress import ProgressCallback
from knowledge.search import cache
from knowledge.search.arrays import F32, Arrays
from knowledge.search.encoder import Encoder

log = logging.getLogger(__name__)

#: Bytes of a digest: of a million texts two have the same one with a chance of 1 in 10²⁶.
_DIGEST = 16


@dataclass(frozen=True, slots=True)
class KnownVectors:
    """Texts that have vectors.

    Attributes:
        encoder: identity of the encoder that made them.
        digests: of the texts as the encoder read them, shape (n, 16).
        vectors: shape (n, d).
    """

    encoder: str
    digests: NDArray[np.uint8]
    vectors: F32

    @classmethod
    def of(cls, texts: Sequence[str], encoder: Encoder, known: KnownVectors | None = None,
           progress: ProgressCallback | None = None) -> KnownVectors:  # fmt: skip
        """Return the vectors of `texts`, one each, encoded only where `known` has none by the same encoder."""
        digests = [hashlib.blake2b(text.encode(), digest_size=_DIGEST).digest() for text in texts]
        rows = known.rows() if known is not None and known.encoder == encoder.identity else {}
        new = list(dict.fromkeys(digest for digest in digests if digest not in rows))
        places = dict(zip(digests, range(len(digests)), strict=True))
        parts = [known.vectors] if known is not None and rows else []
        before = len(parts[0]) if rows else 0
        if new:
            parts.append(encoder.passages([texts[places[digest]] for digest in new], progress))
        rows |= dict(zip(new, range(before, before + len(new)), strict=True))
        order = np.array([rows[digest] for digest in digests], np.int64)
        return cls(
            encoder.identity,
            np.frombuffer(b"".join(digests), np.uint8).reshape(-1, _DIGEST),
            np.concatenate(parts)[order],
        )

    @classmethod
    def read(cls, path: Path) -> KnownVectors | None:
        """Return those of the index under `path`, whatever it was made from; None where there is none that is sound."""
        try:
            found = cache.load(path, None)
        except (OSError, IndexCacheError):
            return None  # whoever wants the index itself has told of it
        return cls.restored(found) if found is not None else None

    @classmethod
    def restored(cls, arrays: Arrays, *, finite: bool = False) -> KnownVectors | None:
        """Return what `arrays` made; None where an index without an encoder, or of an older version, has none.

        Args:
            arrays: of an index.
            finite: whether the vectors are known to be: to look at them again reads a hundred megabytes.
        """
        try:
            (encoder,) = cache.texts(arrays["dense.encoder"])
            digests, vectors = arrays["dense.digests"], arrays["dense.vectors"]
        except (KeyError, ValueError):
            return None
        sound = vectors.ndim == 2 and vectors.dtype == np.float32 and (finite or bool(np.isfinite(vectors).all()))
        if not sound or digests.shape != (len(vectors), _DIGEST) or digests.dtype != np.uint8:
            return None
        return cls(encoder, cast(NDArray[np.uint8], digests), cast(F32, vectors))

    def arrays(self) -> Arrays:
        """Return what `restored` needs beside the vectors, which the index keeps."""
        return {"dense.encoder": cache.lines([self.encoder]), "dense.digests": self.digests}

    def rows(self) -> dict[bytes, int]:
        """Return the row of each text, by its digest."""
        data = self.digests.tobytes()
        return {data[start : start + _DIGEST]: start // _DIGEST for start in range(0, len(data), _DIGEST)}
