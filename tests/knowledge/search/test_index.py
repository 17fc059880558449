from pathlib import Path

import numpy as np
import pytest

from knowledge.bank.errors import IndexCacheError
from knowledge.search import cache
from knowledge.search import index as index_module
from knowledge.search import vectors as vectors_module
from knowledge.search.glossary import Glossary
from knowledge.search.index import Nearest, Passage, PassageIndex, PassageKind, Query, passages_of
from knowledge.search.lexical import Tfidf, char_grams, syllable_grams, word_grams
from knowledge.search.vectors import HnswVectors
from tests.knowledge.banks import NEGATIVES, small_bank
from tests.knowledge.conftest import WordEncoder

ASKED = ("过拟合咋办", "what is a gan", "dead neurons", "zebra")


def built(encoder: WordEncoder | None) -> PassageIndex:
    bank = small_bank()
    return PassageIndex.build(passages_of(bank, NEGATIVES), len(bank), Glossary.packaged(), encoder)


def queries(*texts: str) -> list[Query]:
    return [Query(text, Glossary.packaged().translate(text)) for text in texts]


def test_passages_come_topic_by_topic_without_doubles_and_negatives_last() -> None:
    passages = passages_of(small_bank(), NEGATIVES)
    owners = [p.owner for p in passages]
    assert owners == sorted(owners)
    assert len({(p.owner, p.unit, p.text) for p in passages}) == len(passages)
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


def nearest(index: PassageIndex, *texts: str, size: int = 8, hidden: list[np.ndarray] | None = None) -> list[Nearest]:
    asked = queries(*texts)
    vectors = WordEncoder().queries([q.dense for q in asked]) if index.dense else None
    return index.nearest(asked, vectors, size, hidden)


def same(one: list[Nearest], other: list[Nearest]) -> bool:
    return all(
        np.array_equal(getattr(a, name), getattr(b, name))
        for a, b in zip(one, other, strict=True)
        for name in ("ids", "scores", "kernel")
    )


def in_full(passages: list[Passage], asked: list[Query], encoder: WordEncoder | None) -> np.ndarray:
    """The weighted sum of the channels between every question and every passage, straight from its definition."""
    kept = queries(*(p.text for p in passages))
    weights = index_module.WITH_ENCODER if encoder else index_module.WITHOUT_ENCODER
    total = np.zeros((len(asked), len(passages)))
    if encoder:
        cosines = encoder.queries([q.dense for q in asked]) @ encoder.passages([q.dense for q in kept]).T
        total += weights[0] * np.exp(6 * (cosines - 1))
    for weight, analyzer, form in zip(
        weights[1:], (char_grams, syllable_grams, word_grams), ("chars", "text", "dense"), strict=True
    ):
        channel = Tfidf.fit(analyzer, [getattr(q, form) for q in kept])
        total += weight * channel.scores([getattr(q, form) for q in asked])
    return total


@pytest.mark.parametrize("dense", [True, False])
def test_the_nearest_are_those_with_the_highest_sum_of_all_channels(dense: bool) -> None:
    encoder = WordEncoder() if dense else None
    index, asked = built(encoder), queries(*ASKED)
    for near, row in zip(nearest(index, *ASKED), in_full(index.passages, asked, encoder), strict=True):
        np.testing.assert_allclose(np.sort(near.scores), np.sort(row)[-8:], atol=1e-5)
        np.testing.assert_allclose(near.scores, row[near.ids], atol=1e-5)


def test_of_few_passages_all_are_near() -> None:
    (near,) = nearest(built(None), "what is a gan", size=10_000)
    assert near.ids.tolist() == list(range(len(built(None).passages)))


def test_the_kernel_is_the_likeness_of_the_passages_give_or_take_their_sketches() -> None:
    index = built(WordEncoder())
    wanted = in_full(index.passages, queries(*(p.text for p in index.passages)), WordEncoder())
    for near in nearest(index, *ASKED, size=32):
        apart = near.kernel - wanted[np.ix_(near.ids, near.ids)]
        np.testing.assert_allclose(near.kernel, near.kernel.T, atol=1e-6)
        np.testing.assert_allclose(np.diag(near.kernel), 1)
        assert np.abs(apart).max() < 0.1
        assert np.abs(apart).mean() < 0.02
        np.fill_diagonal(apart, np.nan)
        assert np.abs(near.kernel[~np.isnan(apart)]).mean() > 0.02, "the passages are alike at all"


def test_what_is_hidden_is_not_seen_and_the_next_move_up() -> None:
    index = built(WordEncoder())
    (open_,) = nearest(index, "what is a gan")
    (others,) = nearest(index, "what is a gan", hidden=[open_.ids])
    assert len(others.ids) == 8
    assert not set(open_.ids) & set(others.ids)
    assert others.scores.max() <= open_.scores.min()
    everything = np.arange(len(index.passages))
    (nothing,) = nearest(index, "what is a gan", hidden=[everything])
    assert nothing.ids.tolist() == []
    assert nothing.kernel.shape == (0, 0)


def test_what_is_near_does_not_depend_on_the_company_a_question_is_in() -> None:
    index = built(WordEncoder())
    for together, text in zip(nearest(index, *ASKED), ASKED, strict=True):
        (alone,) = nearest(index, text)
        np.testing.assert_array_equal(together.ids, alone.ids)
        np.testing.assert_allclose(together.scores, alone.scores, atol=1e-6)


@pytest.mark.parametrize("channel", PassageIndex.CHANNELS)
def test_a_silent_channel_says_nothing_and_the_others_what_they_did(
    channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank, encoder = small_bank(), WordEncoder()
    passages, everything = passages_of(bank, NEGATIVES), 10_000
    place = PassageIndex.CHANNELS.index(channel)
    weights = tuple(0.0 if i == place else weight for i, weight in enumerate(index_module.WITH_ENCODER))
    heard = nearest(built(encoder), *ASKED, size=everything)
    without = PassageIndex.build(passages, len(bank), Glossary.packaged(), encoder, silent=[channel])
    found = nearest(without, *ASKED, size=everything)
    monkeypatch.setattr(index_module, "WITH_ENCODER", weights)
    wanted = in_full(passages, queries(*ASKED), encoder)
    for near, row in zip(found, wanted, strict=True):
        np.testing.assert_allclose(near.scores, row[near.ids], atol=1e-5)
    assert any(not np.allclose(one.scores, other.scores, atol=1e-3) for one, other in zip(found, heard, strict=True))


@pytest.mark.parametrize("dense", [True, False])
def test_an_index_survives_its_arrays(dense: bool) -> None:
    encoder = WordEncoder() if dense else None
    index = built(encoder)
    again = PassageIndex.restore(index.topics, 0, index.arrays(), dense=dense)
    assert same(nearest(again, *ASKED), nearest(index, *ASKED))
    assert not same(nearest(again, *ASKED), nearest(index, *ASKED[::-1]))


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
    again = PassageIndex.restore(index.topics, 0, kept, dense=True)
    assert isinstance(again.dense, HnswVectors)
    assert same(nearest(again, *ASKED), nearest(index, *ASKED))
    vectors = encoder.queries(ASKED)
    for one, other in zip(again.dense.search(vectors, 10), index.dense.search(vectors, 10), strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(TypeError):
        built(encoder)
    with pytest.raises(IndexCacheError, match="search index"):
        PassageIndex.restore(index.topics, 0, {**kept, "dense.index": kept["dense.index"][:-100]}, dense=True)


def test_vectors_that_do_not_fit_the_passages_are_damage() -> None:
    index = built(WordEncoder())
    arrays = index.arrays()
    vectors = arrays["dense.vectors"]
    for wrong in (vectors[:-1], vectors[:, 0], vectors.astype(np.float64), np.full_like(vectors, np.nan)):
        with pytest.raises(IndexCacheError):
            PassageIndex.restore(index.topics, 0, {**arrays, "dense.vectors": wrong}, dense=True)
    with pytest.raises(IndexCacheError):
        PassageIndex.restore(index.topics, 0, built(None).arrays(), dense=True)
    with pytest.raises(IndexCacheError):
        PassageIndex.restore(
            index.topics, 0, {**built(None).arrays(), **Tfidf.fit(char_grams, ["one"]).arrays("chars")}, dense=False
        )


def test_sketches_that_do_not_fit_the_passages_are_damage() -> None:
    index = built(None)
    arrays = index.arrays()
    sketch = arrays["passages.sketch"]
    for wrong in (sketch[:-1], sketch[:, :-1], sketch.astype(np.float64), np.full_like(sketch, np.nan)):
        with pytest.raises(IndexCacheError, match="sketches"):
            PassageIndex.restore(index.topics, 0, {**arrays, "passages.sketch": wrong}, dense=False)
    without = {name: value for name, value in arrays.items() if name != "passages.sketch"}
    with pytest.raises(IndexCacheError, match="sketches"):
        PassageIndex.restore(index.topics, 0, without, dense=False)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("passages.owners", np.array([0])),
        ("passages.owners", None),
        ("passages.units", np.array([0])),
        ("passages.units", None),
        ("passages.units", np.full(4, -2)),
        ("passages.kinds", np.full(4, 9, np.uint8)),
        ("passages.texts", np.frombuffer(b"\xff\n" * 4, np.uint8)),
        ("passages.texts", np.frombuffer(b"one\n", np.uint8)),
    ],
)
def test_passages_that_do_not_fit_together_are_damage(name: str, wrong: np.ndarray | None) -> None:
    texts: list[tuple[int, PassageKind, str, int]] = [
        (0, "ask", "one", 0),
        (0, "ask", "two", 1),
        (1, "name", "3", -1),
        (2, "negative", "x", -1),
    ]
    passages = [Passage(*each) for each in texts]
    arrays = PassageIndex.build(passages, 2, Glossary({}, {}), None).arrays()
    assert PassageIndex.restore(2, 2, arrays, dense=False).passages == passages
    with pytest.raises(IndexCacheError):
        PassageIndex.restore(1, 2, arrays, dense=False)  # an owner too many
    with pytest.raises(IndexCacheError):
        PassageIndex.restore(2, 1, arrays, dense=False)  # a unit too many
    changed = {**arrays, name: wrong} if wrong is not None else {key: arrays[key] for key in arrays if key != name}
    with pytest.raises(IndexCacheError):
        PassageIndex.restore(2, 2, changed, dense=False)  # type: ignore[arg-type]
