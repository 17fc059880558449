"""Maps terms to their positions by digest, so that a start from the cache makes no strings of the terms.

terms → digests, sorted → binary search of a question's terms
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import cast

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.errors import IndexCacheError
from knowledge.search.arrays import I32, I64, Arrays

#: Bytes of a digest: of a million terms two have the same one with a chance of 3 in 10⁸.
_DIGEST = 8


class Vocabulary:
    """The place of each term.

    Args:
        digests: of the terms, in their own order, shape (n,).
        order: the place of the term that each belongs to, shape (n,).
    """

    def __init__(self, digests: NDArray[np.uint64], order: I32) -> None:
        self._digests = digests
        self._order = order

    def __len__(self) -> int:
        return len(self._digests)

    @classmethod
    def of(cls, terms: Sequence[str]) -> Vocabulary:
        """Return the vocabulary of terms that differ, each in its place in the sequence."""
        digests = _digests(terms)
        order = np.argsort(digests)
        return cls(digests[order], order.astype(np.int32))

    def places(self, terms: Sequence[str]) -> I64:
        """Return the place of each term, -1 for one that is none of these, shape (terms,)."""
        if not len(self) or not terms:
            return np.full(len(terms), -1, np.int64)
        asked = _digests(terms)
        near = np.minimum(np.searchsorted(self._digests, asked), len(self) - 1)
        return np.where(self._digests[near] == asked, self._order[near], -1).astype(np.int64)

    def arrays(self, prefix: str) -> Arrays:
        """Return what `restore` needs, under names that begin with `prefix`."""
        return {f"{prefix}.vocabulary": self._digests, f"{prefix}.order": self._order}

    @classmethod
    def restore(cls, prefix: str, arrays: Arrays) -> Vocabulary:
        """Rebuild it.

        Raises:
            KeyError: an array is missing.
            IndexCacheError: they are no vocabulary.
        """
        digests, order = arrays[f"{prefix}.vocabulary"], arrays[f"{prefix}.order"]
        sound = digests.ndim == 1 and digests.dtype == np.uint64 and order.shape == digests.shape
        if not sound or order.dtype != np.int32 or (len(order) and not 0 <= order.min() <= order.max() < len(order)):
            raise IndexCacheError(f"the words of {prefix} are no vocabulary")
        return cls(cast(NDArray[np.uint64], digests), cast(I32, order))


def _digests(terms: Iterable[str]) -> NDArray[np.uint64]:
    return np.frombuffer(b"".join(map(_digest, terms)), np.uint64)


@lru_cache(maxsize=4096)  # the terms of a question are looked up several times
def _digest(term: str) -> bytes:
    return blake2b(term.encode(), digest_size=_DIGEST).digest()
