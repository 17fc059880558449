"""What the nearest passages say, held to the regression over all passages."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.bank.models import LANGS
from knowledge.search import votes as votes_module
from knowledge.search.glossary import Glossary
from knowledge.search.index import Passage, PassageIndex, Query, passages_of
from knowledge.search.votes import Votes, votes
from tests.knowledge.banks import NEGATIVES, small_bank
from tests.knowledge.conftest import WordEncoder

ASKED = ("过拟合咋办", "what is a gan", "dead neurons", "best pizza in town")
#: Topics, and units of the second of them.
TOPICS, UNITS = 2, 2
FEW = [
    Passage(0, "ask", "what is a cat"),
    Passage(0, "ask", "cats and kittens"),
    Passage(1, "ask", "how fast is a horse", 0),
    Passage(1, "ask", "what does a horse eat", 1),
    Passage(1, "text", "horses eat grass and hay", 1),
    Passage(2, "negative", "what is the weather"),
]


def indexed(passages: list[Passage], topics: int) -> PassageIndex:
    return PassageIndex.build(passages, topics, Glossary.packaged(), WordEncoder())


def whole() -> PassageIndex:
    return indexed(passages_of(small_bank(), NEGATIVES), len(small_bank()))


def said(index: PassageIndex, *texts: str, units: int = 0, hidden: list[np.ndarray] | None = None) -> Votes:
    queries = [Query(text, Glossary.packaged().translate(text)) for text in texts]
    return votes(index, queries, WordEncoder().queries([query.dense for query in queries]), units, hidden)


def test_over_all_passages_the_votes_are_those_of_the_whole_kernel_ridge_regression() -> None:
    """The dual solution of ridge regression on one-hot labels, fitted once for all questions."""
    index = indexed(FEW, TOPICS)
    everything = np.arange(len(FEW))
    (near,) = index.nearest([Query(FEW[0].text, Glossary.packaged().translate(FEW[0].text))], _vector(FEW[0].text), 99)
    np.testing.assert_array_equal(near.ids, everything)
    kernel = near.kernel + votes_module._BIAS
    labels = np.eye(TOPICS + 1)[index.owners]
    of_units = np.eye(UNITS + 1)[index.units][:, :-1]  # -1 is the last row, which is left out
    fitted = np.linalg.solve(kernel + votes_module._RIDGE * np.eye(len(FEW)), np.hstack([labels, of_units]))
    for text in ("what is a horse", "do cats eat grass", "weather"):
        query = Query(text, Glossary.packaged().translate(text))
        (asked,) = index.nearest([query], _vector(text), 99)
        wanted = (asked.scores + votes_module._BIAS) @ fitted
        found = said(index, text, units=UNITS)
        np.testing.assert_allclose(np.hstack([found.topics[0], found.units[0]]), wanted, atol=1e-9)


def _vector(text: str) -> np.ndarray:
    return WordEncoder().queries([Query(text, Glossary.packaged().translate(text)).dense])


def test_far_passages_change_little(monkeypatch: pytest.MonkeyPatch) -> None:
    index = whole()
    monkeypatch.setattr(votes_module, "NEIGHBOURS", len(index.passages))
    everything = said(index, *ASKED).topics
    apart = {}
    for size in (2, 96):
        monkeypatch.setattr(votes_module, "NEIGHBOURS", size)
        apart[size] = np.abs(said(index, *ASKED).topics - everything).max()
    assert apart[96] < 0.1 < apart[2]


def test_a_question_is_of_the_topic_and_the_unit_whose_words_it_has() -> None:
    found = said(indexed(FEW, TOPICS), "what is a cat", "what does a horse eat", "what is the weather", units=UNITS)
    assert found.topics.argmax(axis=1).tolist() == [0, 1, 2]
    assert found.units[1].argmax() == 1
    assert found.units[1].max() > 0.5 > np.abs(found.units[[0, 2]]).max()
    np.testing.assert_allclose(found.nearest, 1, atol=1e-5)


def test_many_passages_with_the_same_words_count_little_more_than_one() -> None:
    crowd = [Passage(0, "ask", f"what is the thing called {name}") for name in ("one", "two", "three", "four", "five")]
    lone = [Passage(1, "ask", "what is the thing called zebra")]
    (row,) = said(indexed([*crowd, *lone], 2), "what is the thing called zebra").topics
    assert row[1] > 2 * row[0]


def test_how_like_a_units_own_text_a_question_is_stands_beside_its_votes() -> None:
    index = indexed(FEW, TOPICS)
    found = said(index, "grass and hay", units=UNITS)
    assert found.own[0, 1] > 0.3
    assert found.own[0, 0] == 0, "it has no paragraph"
    assert not said(index, "grass and hay", units=UNITS, hidden=[np.array([4])]).own.any()


def test_what_is_hidden_has_no_vote() -> None:
    index = indexed(FEW, TOPICS)
    assert said(index, "what is a cat", units=UNITS).topics[0].argmax() == 0
    assert said(index, "what is a cat", units=UNITS, hidden=[np.array([0, 1])]).topics[0, 0] == 0
    (nothing,) = said(index, "what is a cat", units=UNITS, hidden=[np.arange(len(FEW))]).topics
    assert not nothing.any()


def test_a_batch_is_told_what_each_question_is_told_alone() -> None:
    index = whole()
    together = said(index, *ASKED)
    for row, text in enumerate(ASKED):
        alone = said(index, text)
        np.testing.assert_allclose(together.topics[row], alone.topics[0], atol=1e-5)
        np.testing.assert_allclose(together.nearest[row], alone.nearest[0], atol=1e-6)


def test_shuffled_owners_teach_nothing() -> None:
    """The control of every figure: with owners dealt anew, a question's own topic gets no more than its share."""
    passages = passages_of(small_bank(), NEGATIVES)
    dealt = np.random.default_rng(0).permutation([passage.owner for passage in passages]).tolist()
    mixed = [passage._replace(owner=owner) for passage, owner in zip(passages, dealt, strict=True)]
    right = {}
    for name, kept in (("honest", passages), ("nonsense", mixed)):
        index, topics = indexed(kept, len(small_bank())), []
        asked = [
            (slug, ask) for slug in small_bank().topics for lang in LANGS for ask in small_bank()[slug].meta.asks[lang]
        ]
        hidden = [np.array([i for i, p in enumerate(kept) if p.text == ask.lower()]) for _, ask in asked]
        topics = said(index, *(ask.lower() for _, ask in asked), hidden=hidden).topics[:, :-1].argmax(axis=1)
        slugs = sorted(small_bank().topics)
        right[name] = np.mean([slugs[place] == slug for place, (slug, _) in zip(topics, asked, strict=True)])
    assert right["nonsense"] < 0.4 < 0.45 < right["honest"]
