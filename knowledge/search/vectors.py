"""Inner-product search over unit vectors: FAISS flat, FAISS HNSW for many vectors, and NumPy as their reference.

vectors → NumpyVectors | FlatVectors | ScannedVectors | HnswVectors → (scores, ids) of the best k
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.errors import IndexCacheError
from knowledge.progress import ProgressCallback
from knowledge.search.arrays import F32, I64

#: From this many vectors on a graph is searched instead of every vector.
HNSW_FROM = 100_000
#: From this many on vectors are searched by product quantisation, with four bits for two dimensions; it is trained on
#: as many.
SCAN_FROM = _LEARNT_FROM = 4096
#: Neighbours of a vector in the graph (M), and the search width while it is built (efConstruction; Malkov & Yashunin
#: 2016).
_LINKS, _BUILD_WIDTH = 32, 40
#: Search width of the graph (efSearch): the number of vectors divided by the first, but at least the second. With a
#: constant width the recall falls as the graph grows: to one half at a million vectors.
_VECTORS_A_STEP, _LEAST_WIDTH = 250, 128
#: Number of vectors from which the 8-bit quantiser learns its ranges, and number added between two progress reports.
_SAMPLE, _BLOCK = 100_000, 20_000
#: All indexes compare quantised vectors. For k results they return four times k candidates, the int8 index twice k, and
#: these are compared in float32.
_CANDIDATES, _SPARE = 4, 2
#: For a small k, twice as many candidates sometimes miss the best one: in int8 close vectors are hardly told apart.
_MORE = 16
#: How many vectors a graph is asked for where scores of all are wanted; the scores of all others are zero.
_REACH = 512


class Vectors(Protocol):
    """A set of vectors that can be searched."""

    @property
    def vectors(self) -> F32:
        """The vectors, shape (n, d)."""
        ...

    def search(self, queries: F32, k: int) -> tuple[F32, I64]:
        """Return scores and ids of each query's best `k`, best first, both of shape (queries, min(k, n))."""
        ...

    def scores(self, queries: F32) -> F32:
        """Return the score of every vector, shape (queries, n); zero for vectors that a graph search did not find."""
        ...


class NumpyVectors:
    """Exact search: all inner products, sorted, equal ones by id. The reference for the other indexes."""

    def __init__(self, vectors: F32) -> None:
        self.vectors = np.ascontiguousarray(vectors, np.float32)

    def search(self, queries: F32, k: int) -> tuple[F32, I64]:
        """See `Vectors`."""
        scores = self.scores(queries)
        ids = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(scores, ids, axis=1), ids

    def scores(self, queries: F32) -> F32:
        """See `Vectors`."""
        return np.asarray(np.asarray(queries, np.float32) @ self.vectors.T, np.float32)


class FlatVectors(NumpyVectors):
    """Search by FAISS through all vectors, quantised to bytes: reading them from memory is most of the time.

    The best, twice as many as wanted and a few more, are compared in float32.
    """

    def __init__(self, vectors: F32) -> None:
        super().__init__(vectors)
        self._index: Any = None

    def search(self, queries: F32, k: int) -> tuple[F32, I64]:
        """See `Vectors`."""
        if self._index is None:
            import faiss

            kind: Any = faiss.ScalarQuantizer.QT_8bit_uniform
            index = faiss.IndexScalarQuantizer(self.vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
            index.train(self.vectors)
            index.add(self.vectors)
            self._index = index  # last: another thread that sees it sees all of it
        _, ids = _searched(self._index, queries, min(_SPARE * k + _MORE, len(self.vectors)))
        return _compared(self.vectors, queries, ids, min(k, len(self.vectors)))


class _KeptVectors(NumpyVectors):
    """Vectors with an index of FAISS that takes a while to make, and so is kept beside them."""

    def __init__(
        self, vectors: F32, kept: NDArray[Any] | None = None, progress: ProgressCallback | None = None
    ) -> None:
        super().__init__(vectors)
        self._index = self._built(progress) if kept is None else self._restored(kept)

    def _built(self, progress: ProgressCallback | None) -> Any:  # noqa: ANN401
        raise NotImplementedError

    def _restored(self, kept: NDArray[Any]) -> Any:  # noqa: ANN401
        import faiss

        try:
            index = faiss.deserialize_index(kept)
        except RuntimeError as error:
            raise IndexCacheError(f"its search index cannot be read ({str(error).splitlines()[0]})") from error
        if (index.ntotal, index.d) != self.vectors.shape:
            raise IndexCacheError("its search index does not fit the vectors")
        return index

    def kept(self) -> NDArray[np.uint8]:
        """Return the serialised index with its quantised vectors, from which it is restored."""
        import faiss

        return np.asarray(faiss.serialize_index(self._index), np.uint8)


class ScannedVectors(_KeptVectors):
    """Search by FAISS through all vectors, two numbers in four bits: so few that the sums are looked up in registers.

    Product quantisation (Jégou et al. 2011), scanned as by André et al. 2015. The best, four times as many as wanted,
    are compared in float32. Through 38,000 vectors of 384 numbers that takes .2 ms and finds all of the 96 nearest that
    the bytes of `FlatVectors` find in 2.3.
    """

    def _built(self, progress: ProgressCallback | None) -> Any:  # noqa: ANN401
        import faiss

        index = faiss.IndexPQFastScan(self.vectors.shape[1], self.vectors.shape[1] // 2, 4, faiss.METRIC_INNER_PRODUCT)
        index.train(self.vectors[:: max(1, len(self.vectors) // _LEARNT_FROM)])
        index.add(self.vectors)
        return index

    def search(self, queries: F32, k: int) -> tuple[F32, I64]:
        """See `Vectors`."""
        wanted = min(k, len(self.vectors))
        _, ids = _searched(self._index, queries, min(_CANDIDATES * wanted, len(self.vectors)))
        return _compared(self.vectors, queries, ids, wanted)


class HnswVectors(_KeptVectors):
    """Approximate search by FAISS over a navigable small-world graph (HNSW) of vectors quantised to 8 bits.

    The vectors found are compared again in float32: the scores are exact, only the choice is approximate.
    """

    def _built(self, progress: ProgressCallback | None) -> Any:  # noqa: ANN401
        import faiss

        size, width = self.vectors.shape
        kind: Any = faiss.ScalarQuantizer.QT_8bit
        index = faiss.IndexHNSWSQ(width, kind, _LINKS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = _BUILD_WIDTH
        index.train(self.vectors[:: max(1, size // _SAMPLE)])
        for start in range(0, size, _BLOCK):
            index.add(self.vectors[start : start + _BLOCK])
            if progress:
                progress("graph", min(start + _BLOCK, size), size)
        return index

    def search(self, queries: F32, k: int) -> tuple[F32, I64]:
        """See `Vectors`; a place that the graph could not fill has id -1 and score -1."""
        wanted = min(k, len(self.vectors))
        reached = min(max(wanted, min(_CANDIDATES * wanted, _REACH)), len(self.vectors))
        self._index.hnsw.efSearch = max(_LEAST_WIDTH, reached, len(self.vectors) // _VECTORS_A_STEP)
        _, ids = _searched(self._index, queries, reached)
        return _compared(self.vectors, queries, ids, wanted)

    def scores(self, queries: F32) -> F32:
        """See `Vectors`."""
        found, ids = self.search(queries, _REACH)
        scores = np.zeros((len(queries), len(self.vectors)), np.float32)
        rows, places = np.nonzero(ids >= 0)
        scores[rows, ids[rows, places]] = found[rows, places]
        return scores


def _compared(vectors: F32, queries: F32, ids: I64, wanted: int) -> tuple[F32, I64]:
    """Return the best of `ids` by their full vectors; -1 stays an id without a vector, and scores -1."""
    asked = np.asarray(queries, np.float32)
    scores = np.full(ids.shape, -1, np.float32)
    for row, found in enumerate(ids):  # FAISS fills up with -1, which NumPy would take for the last vector
        scores[row, found >= 0] = vectors[found[found >= 0]] @ asked[row]
    best = np.argsort(-scores, axis=1, kind="stable")[:, :wanted]
    return np.take_along_axis(scores, best, axis=1), np.take_along_axis(ids, best, axis=1)


def _searched(index: Any, queries: F32, k: int) -> tuple[F32, I64]:  # noqa: ANN401
    asked = np.ascontiguousarray(queries, np.float32)
    if not k or not len(asked):
        return np.zeros((len(asked), k), np.float32), np.zeros((len(asked), k), np.int64)
    import faiss

    # A search takes a millisecond, and a second thread seven more, which it waits for the first. Set for this thread.
    faiss.omp_set_num_threads(1)
    return index.search(asked, k)  # type: ignore[no-any-return]


def index_vectors(vectors: F32, kept: NDArray[Any] | None = None, progress: ProgressCallback | None = None) -> Vectors:
    """Return the index that suits this many vectors.

    Args:
        vectors: shape (n, d), of unit length.
        kept: the index that was made of them, if there is one.
        progress: hears ("graph", done, total) while a graph is made.
    """
    if len(vectors) >= HNSW_FROM:
        return HnswVectors(vectors, kept, progress)
    if len(vectors) >= SCAN_FROM and vectors.shape[1] % 2 == 0:
        return ScannedVectors(vectors, kept, progress)
    return FlatVectors(vectors)
