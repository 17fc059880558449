"""Inner-product search over unit vectors: FAISS flat, FAISS HNSW for many, and NumPy as what both are held to.

    vectors → NumpyVectors | FlatVectors | HnswVectors → (scores, ids) of the best k
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

#: From this many vectors on a graph is searched instead of every vector.
HNSW_FROM = 100_000
#: Neighbours a vector has in the graph, and how widely it is built and searched (Malkov & Yashunin 2016).
_LINKS, _BUILD_WIDTH, _SEARCH_WIDTH = 32, 40, 128
#: How many a graph is asked for where a score of every vector is wanted; the others count as nought.
_REACH = 512


class Vectors(Protocol):
    """A set of vectors that can be searched."""

    @property
    def vectors(self) -> Floats:
        """The vectors, shape (n, d)."""
        ...

    def search(self, queries: Floats, k: int) -> tuple[Floats, Ints]:
        """Return scores and ids of each query's best `k`, best first, both of shape (queries, min(k, n))."""
        ...

    def scores(self, queries: Floats) -> Floats:
        """Return a score of every vector, shape (queries, n); nought for those a graph does not reach."""
        ...


class NumpyVectors:
    """Every product, sorted; equal scores in the order of their ids. The reference of the others."""

    def __init__(self, vectors: Floats) -> None:
        self.vectors = np.ascontiguousarray(vectors, np.float32)

    def search(self, queries: Floats, k: int) -> tuple[Floats, Ints]:
        """See `Vectors`."""
        scores = self.scores(queries)
        ids = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(scores, ids, axis=1), ids

    def scores(self, queries: Floats) -> Floats:
        """See `Vectors`."""
        return np.asarray(np.asarray(queries, np.float32) @ self.vectors.T, np.float32)


class FlatVectors(NumpyVectors):
    """Exact search by FAISS. A score of every vector is a plain product, which no search does faster."""

    def __init__(self, vectors: Floats) -> None:
        super().__init__(vectors)
        self._index: Any = None

    def search(self, queries: Floats, k: int) -> tuple[Floats, Ints]:
        """See `Vectors`."""
        if self._index is None:
            import faiss

            self._index = faiss.IndexFlatIP(self.vectors.shape[1])
            self._index.add(self.vectors)
        return _searched(self._index, queries, min(k, len(self.vectors)))


class HnswVectors:
    """Approximate search by FAISS over a navigable small-world graph."""

    def __init__(self, vectors: Floats, graph: NDArray[Any] | None = None) -> None:
        self.vectors = np.ascontiguousarray(vectors, np.float32)
        self._index = self._built() if graph is None else self._restored(graph)

    def _built(self) -> Any:  # noqa: ANN401
        import faiss

        index = faiss.IndexHNSWFlat(self.vectors.shape[1], _LINKS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = _BUILD_WIDTH
        index.add(self.vectors)
        return index

    def _restored(self, graph: NDArray[Any]) -> Any:  # noqa: ANN401
        import faiss

        index: Any = faiss.deserialize_index(graph, faiss.IO_FLAG_SKIP_STORAGE)
        index.storage = self._flat = faiss.IndexFlatIP(self.vectors.shape[1])  # kept here: the graph does not own it
        self._flat.add(self.vectors)
        return index

    def graph(self) -> NDArray[np.uint8]:
        """Return the graph without the vectors, as bytes, from which the index is made again."""
        import faiss

        writer = faiss.VectorIOWriter()
        faiss.write_index(self._index, writer, faiss.IO_FLAG_SKIP_STORAGE)
        return np.asarray(faiss.vector_to_array(writer.data), np.uint8)

    def search(self, queries: Floats, k: int) -> tuple[Floats, Ints]:
        """See `Vectors`; a place that the graph could not fill has id -1 and score -1."""
        wanted = min(k, len(self.vectors))
        self._index.hnsw.efSearch = max(_SEARCH_WIDTH, wanted)
        scores, ids = _searched(self._index, queries, wanted)
        return np.where(ids < 0, np.float32(-1), scores), ids

    def scores(self, queries: Floats) -> Floats:
        """See `Vectors`."""
        found, ids = self.search(queries, _REACH)
        scores = np.zeros((len(queries), len(self.vectors)), np.float32)
        rows, places = np.nonzero(ids >= 0)  # FAISS fills up with -1, which NumPy would take for the last vector
        scores[rows, ids[rows, places]] = found[rows, places]
        return scores


def _searched(index: Any, queries: Floats, k: int) -> tuple[Floats, Ints]:  # noqa: ANN401
    asked = np.ascontiguousarray(queries, np.float32)
    if not k or not len(asked):
        return np.zeros((len(asked), k), np.float32), np.zeros((len(asked), k), np.int64)
    return index.search(asked, k)  # type: ignore[no-any-return]


def index_vectors(vectors: Floats, graph: NDArray[Any] | None = None) -> Vectors:
    """Return the index that suits this many vectors, with the `graph` that was made of them, if there is one."""
    return HnswVectors(vectors, graph) if len(vectors) >= HNSW_FROM else FlatVectors(vectors)
