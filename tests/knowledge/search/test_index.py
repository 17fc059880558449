from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.bank.errors import IndexCacheError
from knowledge.search import cache
from knowledge.search import vectors as vectors_module
from knowledge.search.glossary import Glossary
from knowledge.search.index import Passage, PassageIndex, PassageKind, Query, passages_of
from knowledge.search.lexical import Tfidf, char_grams
from knowledge.search.vectors import HnswVectors
from tests.knowledge.banks import NEGATIVES, small_bank
from tests.knowledge.conftest import WordEncoder

CHANNELS = len(PassageIndex.CHANNELS)


def built(encoder: WordEncoder | None) -> PassageIndex:
    bank = small_bank()
    return PassageIndex.build(passages_of(bank, NEGATIVES), len(bank), Glossary.packaged(), encoder)


def queries(*texts: str) -> list[Query]:
    return [Query(text, Glossary.packaged().translate(text)) for text in texts]


def test_passages_come_topic_by_topic_without_doubles_and_negatives_last() -> None:
    passages = passages_of(small_bank(), NEGATIVES)
    owners = [p.owner for p in passages]
    assert owners == sorted(owners)
    assert len({(p.owner, p.text) for p in passages}) == len(passages)
    assert [p.text for p in passages if p.kind == "negative"] == list(NEGATIVES)
    assert {p.kind for p in passages} == {"ask", "name", "text", "negative"}


def test_code_and_markup_stay_out_of_the_passages() -> None:
    topic = small_bank("gan")["gan"]
    text = "**Two** nets.\n\n```\ncode(x)\n```\n\n- first point\n- second `point`"
    sections = {"zh": topic.sections["zh"], "en": {**topic.sections["en"], "how": text}}
    bank = small_bank("gan").model_copy(update={"topics": {"gan": topic.model_copy(update={"sections": sections})}})
    texts = [p.text for p in passages_of(bank, ())]
    assert {"two nets.", "first point", "second point"} <= set(texts)
    assert not any("code" in text for text in texts)


def test_pooling_is_the_mean_of_the_best_and_leaves_owners_without_passages_at_nought() -> None:
    passages = [Passage(0, "ask", "a"), Passage(0, "ask", "b"), Passage(2, "negative", "c")]
    index = PassageIndex.build(passages, 2, Glossary({}, {}), None)
    scores = np.zeros((1, 4, 3), np.float32)
    scores[0, 1] = (0.2, 0.6, 0.5)
    pooled = index.pool(scores)
    assert pooled.shape == (1, 3, index.signals)
    np.testing.assert_allclose(pooled[0, :, 1], (0.6, 0, 0.5), rtol=1e-6)  # best one
    np.testing.assert_allclose(pooled[0, :, 5], (0.4, 0, 0.5), rtol=1e-6)  # best three, of two


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 90), min_size=4, max_size=4).filter(any),
    seed=st.integers(0, 2**32 - 1), steps=st.sampled_from([1, 4, 1e6]),
)  # fmt: skip
def test_pooling_many_passages_is_pooling_them_sorted(sizes: list[int], seed: int, steps: float) -> None:
    owners = np.repeat(np.arange(4), sizes)
    silent = Tfidf.fit(char_grams, [])
    index = PassageIndex([Passage(o, "ask", "") for o in owners.tolist()], 3, None, silent, silent, silent)
    scores = np.random.default_rng(seed).uniform(-0.5, 1, (3, CHANNELS, len(owners)))
    scores = (np.round(scores * steps) / steps).astype(np.float32)  # few steps make many ties
    pooled = index.pool(scores)
    for owner in range(4):
        mine = np.sort(scores[:, :, owners == owner], axis=2)[:, :, ::-1].clip(0)
        for place, size in enumerate((1, 3, 8)):
            wanted = mine[:, :, :size].mean(axis=2) if mine.shape[2] else 0
            np.testing.assert_allclose(pooled[:, owner, CHANNELS * place : CHANNELS * (place + 1)], wanted, atol=1e-6)


def test_scores_do_not_depend_on_the_company_a_question_is_in() -> None:
    index, encoder = built(WordEncoder()), WordEncoder()
    asked = queries("过拟合咋办", "what is a gan", "zebra")
    vectors = encoder.queries([q.dense for q in asked])
    together = index.scores(asked, vectors)
    alone = [index.scores([q], vectors[i : i + 1]) for i, q in enumerate(asked)]
    np.testing.assert_allclose(together, np.concatenate(alone), atol=1e-6)


def test_a_silent_channel_says_nothing_and_the_others_what_they_did() -> None:
    bank = small_bank()
    passages, asked = passages_of(bank, NEGATIVES), queries("what is a gan", "过拟合咋办")
    heard = PassageIndex.build(passages, len(bank), Glossary.packaged(), None).scores(asked, None)
    without = PassageIndex.build(passages, len(bank), Glossary.packaged(), None, silent=["words"]).scores(asked, None)
    assert heard[:, 3].any()
    assert not without[:, 3].any()
    np.testing.assert_array_equal(without[:, :3], heard[:, :3])


@pytest.mark.parametrize("dense", [True, False])
def test_an_index_survives_its_arrays(dense: bool) -> None:
    encoder = WordEncoder() if dense else None
    index = built(encoder)
    again = PassageIndex.restore(index.topics, index.arrays(), dense=dense)
    asked = queries("过拟合咋办", "what is a gan")
    vectors = encoder.queries([q.dense for q in asked]) if encoder else None
    np.testing.assert_array_equal(again.scores(asked, vectors), index.scores(asked, vectors))


def test_an_index_with_a_graph_is_restored_without_building_it_and_scores_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(vectors_module, "HNSW_FROM", 50)
    encoder = WordEncoder()
    index = built(encoder)
    assert isinstance(index.dense, HnswVectors)
    assert cache.write(tmp_path / "index.bin", "mark", index.arrays())
    kept = cache.read(tmp_path / "index.bin", "mark")
    assert kept is not None
    monkeypatch.setattr(HnswVectors, "_built", None)  # would fail where it is called
    again = PassageIndex.restore(index.topics, kept, dense=True)
    assert isinstance(again.dense, HnswVectors)
    asked = queries("过拟合咋办", "what is a gan", "dead neurons", "zebra")
    vectors = encoder.queries([q.dense for q in asked])
    np.testing.assert_array_equal(again.scores(asked, vectors), index.scores(asked, vectors))
    np.testing.assert_array_equal(again.pool(again.scores(asked, vectors)), index.pool(index.scores(asked, vectors)))
    for one, other in zip(again.dense.search(vectors, 10), index.dense.search(vectors, 10), strict=True):
        np.testing.assert_array_equal(one, other)
    assert index.scores(asked, vectors)[:, 0].any()
    with pytest.raises(TypeError):
        built(encoder)
    with pytest.raises(IndexCacheError, match="graph"):
        PassageIndex.restore(index.topics, {**kept, "dense.graph": kept["dense.graph"][:-100]}, dense=True)


def test_vectors_that_do_not_fit_the_passages_are_damage() -> None:
    index = built(WordEncoder())
    arrays = index.arrays()
    vectors = arrays["dense.vectors"]
    for wrong in (vectors[:-1], vectors[:, 0], vectors.astype(np.float64), np.full_like(vectors, np.nan)):
        with pytest.raises(IndexCacheError):
            PassageIndex.restore(index.topics, {**arrays, "dense.vectors": wrong}, dense=True)
    with pytest.raises(IndexCacheError):
        PassageIndex.restore(index.topics, built(None).arrays(), dense=True)
    with pytest.raises(IndexCacheError):
        PassageIndex.restore(index.topics, {**built(None).arrays(), "chars.size": np.array([1])}, dense=False)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("passages.owners", np.array([0])),
        ("passages.owners", None),
        ("passages.kinds", np.full(4, 9, np.uint8)),
        ("passages.texts", np.frombuffer(b"\xff\n" * 4, np.uint8)),
        ("passages.texts", np.frombuffer(b"one\n", np.uint8)),
    ],
)
def test_passages_that_do_not_fit_together_are_damage(name: str, wrong: np.ndarray | None) -> None:
    texts: list[tuple[int, PassageKind, str]] = [
        (0, "ask", "one"),
        (0, "ask", "two"),
        (1, "name", "3"),
        (2, "negative", "x"),
    ]
    passages = [Passage(*each) for each in texts]
    arrays = PassageIndex.build(passages, 2, Glossary({}, {}), None).arrays()
    assert PassageIndex.restore(2, arrays, dense=False).passages == passages
    with pytest.raises(IndexCacheError):
        PassageIndex.restore(1, arrays, dense=False)  # an owner too many
    changed = {**arrays, name: wrong} if wrong is not None else {key: arrays[key] for key in arrays if key != name}
    with pytest.raises(IndexCacheError):
        PassageIndex.restore(2, changed, dense=False)  # type: ignore[arg-type]
