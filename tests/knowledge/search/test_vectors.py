"""One contract, run over every backend: FAISS gives what NumPy gives."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.bank.errors import IndexCacheError
from knowledge.search import vectors as module
from knowledge.search.arrays import F32
from knowledge.search.vectors import FlatVectors, HnswVectors, NumpyVectors, ScannedVectors, Vectors, index_vectors

Backend = Callable[[F32], Vectors]
BACKENDS: list[Backend] = [NumpyVectors, FlatVectors, HnswVectors]
EXACT: list[Backend] = [NumpyVectors, FlatVectors]


def unit(size: int, width: int, seed: int) -> F32:
    found = np.random.default_rng(seed).standard_normal((size, width)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.mark.parametrize("backend", EXACT)
@settings(max_examples=40, deadline=None)
@given(
    size=st.integers(1, 200), width=st.integers(1, 40), queries=st.integers(0, 9), k=st.integers(1, 300),
    seed=st.integers(0, 2**32 - 1),
)  # fmt: skip
@example(size=95, width=40, queries=2, k=1, seed=94873)  # of bytes alone, the best one is third
def test_exact_search_gives_the_reference_s_scores_and_vectors(
    backend: Backend, size: int, width: int, queries: int, k: int, seed: int
) -> None:
    passages, asked = unit(size, width, seed), unit(queries, width, seed + 1)
    wanted, _ = NumpyVectors(passages).search(asked, k)
    scores, ids = backend(passages).search(asked, k)
    assert scores.shape == ids.shape == wanted.shape == (queries, min(k, size))
    np.testing.assert_allclose(scores, wanted, atol=1e-5)
    # Equal scores may come in any order, so what an id stands for is compared, not the id.
    for row in range(queries):
        np.testing.assert_allclose(passages[ids[row]] @ asked[row], scores[row], atol=1e-5)
        assert len(set(ids[row].tolist())) == len(ids[row])


@pytest.mark.parametrize("backend", BACKENDS)
@settings(max_examples=15, deadline=None)
@given(size=st.integers(1, 300), k=st.integers(1, 400), seed=st.integers(0, 2**32 - 1))
def test_every_backend_returns_true_scores_best_first_and_pads_with_minus_one(
    backend: Backend, size: int, k: int, seed: int
) -> None:
    passages, asked = unit(size, 16, seed), unit(3, 16, seed + 1)
    scores, ids = backend(passages).search(asked, k)
    assert scores.shape == ids.shape == (3, min(k, size))
    assert ((ids >= -1) & (ids < size)).all()
    assert (np.diff(scores, axis=1) <= 1e-6).all()
    for row, column in zip(*np.nonzero(ids >= 0), strict=True):
        assert scores[row, column] == pytest.approx(float(passages[ids[row, column]] @ asked[row]), abs=1e-5)
    assert (scores[ids < 0] == -1).all()


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_score_of_every_vector_is_the_product_or_nought(backend: Backend) -> None:
    passages, asked = unit(400, 24, 1), unit(5, 24, 2)
    scores, wanted = backend(passages).scores(asked), asked @ passages.T
    reached = scores != 0
    assert reached.mean() > 0.95
    np.testing.assert_allclose(scores[reached], wanted[reached], atol=1e-5)


def test_hnsw_finds_nearly_all_that_exact_search_finds() -> None:
    passages, asked = unit(5000, 32, 3), unit(100, 32, 4)
    wanted, found = NumpyVectors(passages).search(asked, 10)[1], HnswVectors(passages).search(asked, 10)[1]
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(wanted.tolist(), found.tolist(), strict=True)])
    assert recall > 0.95


def test_the_more_vectors_the_wider_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Points on all sides of a high-dimensional sphere are the hardest: no way through the graph leads to them."""
    passages, asked = unit(4000, 200, 11), unit(40, 200, 12)
    wanted, index = NumpyVectors(passages).search(asked, 10)[1], HnswVectors(passages)

    def recall() -> float:
        found = index.search(asked, 10)[1]
        return np.mean([len(set(a) & set(b)) / 10 for a, b in zip(wanted.tolist(), found.tolist(), strict=True)])

    monkeypatch.setattr(module, "_LEAST_WIDTH", 16)
    monkeypatch.setattr(module, "_CANDIDATES", 1)
    narrow = recall()
    monkeypatch.setattr(module, "_VECTORS_A_STEP", 4)
    assert recall() > narrow + 0.1
    assert recall() > 0.95


def test_places_that_the_graph_cannot_fill_touch_no_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    found = HnswVectors(unit(10, 4, 5))

    def padded(queries: F32, k: int) -> tuple[F32, np.ndarray]:
        return np.array([[0.9, -3.4e38]], np.float32), np.array([[3, -1]])

    monkeypatch.setattr(found, "_index", type("Index", (), {"search": staticmethod(padded), "hnsw": found._index.hnsw}))
    scores = found.scores(unit(1, 4, 6))
    assert np.flatnonzero(scores[0]).tolist() == [3]
    assert found.search(unit(1, 4, 6), 2)[0][0, 1] == -1


def test_a_graph_of_other_vectors_or_of_garbage_is_damage() -> None:
    graph = HnswVectors(unit(200, 8, 10)).kept()
    for size, width in ((199, 8), (200, 9)):
        with pytest.raises(IndexCacheError, match="search index"):
            HnswVectors(unit(size, width, 10), graph)
    with pytest.raises(IndexCacheError, match="search index"):
        HnswVectors(unit(200, 8, 10), np.frombuffer(b"no index at all", np.uint8))


def test_the_making_of_a_graph_is_told_to_its_end() -> None:
    steps: list[tuple[str, int, int]] = []
    HnswVectors(unit(25_000, 4, 11), progress=lambda *step: steps.append(step))
    assert steps == [("graph", 20_000, 25_000), ("graph", 25_000, 25_000)]


@pytest.mark.parametrize("backend", BACKENDS)
def test_equal_vectors_score_alike(backend: Backend) -> None:
    same = np.ones((5, 3), np.float32)
    np.testing.assert_allclose(backend(same).scores(same[:1]), 3)


def test_many_vectors_get_a_graph_and_few_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SCAN_FROM", 40)
    monkeypatch.setattr(module, "HNSW_FROM", 50)
    assert isinstance(index_vectors(unit(39, 4, 7)), FlatVectors)
    assert isinstance(index_vectors(unit(49, 4, 7)), ScannedVectors)
    assert isinstance(index_vectors(unit(49, 3, 7)), FlatVectors)  # four bits stand for two numbers
    assert isinstance(index_vectors(unit(50, 4, 7)), HnswVectors)


def test_a_scan_finds_what_exact_search_finds_alone_and_in_company(monkeypatch: pytest.MonkeyPatch) -> None:
    # As sentences lie: in bunches, of fewer directions than numbers.
    bunches = np.repeat(unit(500, 12, 3), 10, axis=0) + 0.5 * unit(5000, 12, 4)
    turned = bunches @ np.linalg.qr(unit(48, 48, 5))[0][:12]
    passages = np.asarray(turned / np.linalg.norm(turned, axis=1, keepdims=True), np.float32)
    asked = passages[::50]
    wanted, index = NumpyVectors(passages).search(asked, 10)[1], ScannedVectors(passages)

    def recall() -> float:
        found = index.search(asked, 10)[1]
        return np.mean([len(set(a) & set(b)) / 10 for a, b in zip(wanted.tolist(), found.tolist(), strict=True)])

    together = index.search(asked, 10)
    for row in range(len(asked)):
        for one, other in zip(index.search(asked[row : row + 1], 10), together, strict=True):
            np.testing.assert_array_equal(one[0], other[row])
    assert recall() > 0.97
    monkeypatch.setattr(module, "_CANDIDATES", 1)  # as they are found, without a look at more in full
    assert recall() < 0.9


def test_a_scan_that_was_kept_finds_what_it_found_and_need_not_be_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    passages, asked = unit(5000, 24, 8), unit(20, 24, 9)
    built = ScannedVectors(passages)
    kept = built.kept()
    assert len(kept) < passages.nbytes / 8 + 10_000
    monkeypatch.setattr(ScannedVectors, "_built", None)  # would fail where it is called
    again = ScannedVectors(passages, kept)
    for one, other in zip(built.search(asked, 10), again.search(asked, 10), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_graph_that_was_kept_finds_what_it_found_and_need_not_be_built(monkeypatch: pytest.MonkeyPatch) -> None:
    passages, asked = unit(3000, 24, 8), unit(20, 24, 9)
    built = HnswVectors(passages)
    graph = built.kept()
    assert len(graph) < passages.nbytes / 4 + 3000 * 64 * 4 + 3000 * 64  # bytes and links, not the vectors
    monkeypatch.setattr(HnswVectors, "_built", None)  # would fail where it is called
    again = HnswVectors(passages, graph)
    for one, other in zip(built.search(asked, 10), again.search(asked, 10), strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(TypeError):
        HnswVectors(passages)


def test_a_search_has_one_thread_and_leaves_the_other_threads_theirs() -> None:
    import faiss

    vectors = np.eye(8, dtype=np.float32)
    before = faiss.omp_get_max_threads()
    with ThreadPoolExecutor(1) as pool:
        within = pool.submit(lambda: (FlatVectors(vectors).search(vectors, 2), faiss.omp_get_max_threads())[1]).result()
    assert within == 1
    assert faiss.omp_get_max_threads() == before
