"""Which unit of a page answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from knowledge.bank.errors import IndexCacheError
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS
from knowledge.search.glossary import Glossary
from knowledge.search.index import Passage, Query, UnitPlace
from knowledge.search.retriever import Retriever
from knowledge.search.unit_choice import FEATURES, PHRASES, Compared, Ranking, UnitScorer, UnitWords, owners_of
from knowledge.search.votes import Votes

BANK = load_bank()
#: Two units of the first topic, one of the second, none of the third.
PLACES = [UnitPlace(0, "answer", "answer"), UnitPlace(0, "failure", "pitfalls"), UnitPlace(1, "answer", "answer")]
TEXTS = [
    Passage(0, "lead", "dropout", 0),
    Passage(0, "text", "dropout turns units off", 0),
    Passage(0, "text", "batches of one break it", 1),
    Passage(1, "text", "pooling keeps the largest value", 2),
    Passage(1, "ask", "why on earth", 2),
]


def query(text: str) -> Query:
    return Query(text, Glossary.packaged().translate(text))


def words() -> UnitWords:
    return UnitWords.build(TEXTS, [query(passage.text) for passage in TEXTS], owners_of(PLACES))


def phrases() -> UnitWords:
    return UnitWords.build(TEXTS, [query(passage.text) for passage in TEXTS], owners_of(PLACES), PHRASES)


def scorer(*weights: float) -> UnitScorer:
    return UnitScorer(PLACES, words(), phrases(), np.array(weights or (1.0, 1.0, 1.0, 1.0, 1.0)))


def said(*units: float, own: Sequence[float] = (0, 0, 0), topics: Sequence[float] = (0, 0, 0, 0)) -> Votes:
    return Votes(np.array([topics], float), np.array([units]), np.ones(1), np.array([own], float))


def ranked(found: Votes, text: str = "?", by: UnitScorer | None = None) -> Ranking:
    judge = scorer() if by is None else by
    return judge.ranked(found, judge.compared(found, [query(text)]), [query(text)])


def test_a_unit_covers_the_words_of_its_own_text_by_their_rareness() -> None:
    every = np.arange(3)
    np.testing.assert_allclose(words().covered(query("dropout"), every), [1, 0, 0])
    np.testing.assert_allclose(words().covered(query("earth"), every), 0, err_msg="how it is asked is not its text")
    first, second, third = words().covered(query("does dropout break"), every)
    assert (first, third) == (second, 0), "two words, one in each, and one that none has"
    assert 0 < first < 0.5
    np.testing.assert_allclose(words().covered(query("？"), every), 0)


def test_a_topic_covers_what_any_of_its_units_has() -> None:
    assert words().of_topic(query("dropout break"), 0) == 1
    assert words().of_topic(query("dropout break"), 1) == 0
    assert 0 < words().of_topic(query("dropout zebra"), 0) < 1, "of two words one that nobody has"
    assert words().of_topic(query("？"), 0) == 0


def test_how_it_is_asked_counts_beside_the_text_and_more_passages_count_more() -> None:
    every, nothing = np.arange(3), np.zeros(0, np.int64)
    earth = phrases().said(query("earth"), every, nothing)
    assert earth[2] > 0
    assert earth[:2].tolist() == [0, 0]
    once, twice = (phrases().said(query(word), every, nothing) for word in ("turns", "dropout"))
    assert twice[0] > once[0] > 0
    np.testing.assert_allclose(phrases().said(query("？"), every, nothing), 0)


def test_a_question_that_does_not_see_itself_has_no_words_from_itself() -> None:
    every = np.arange(3)
    np.testing.assert_allclose(phrases().said(query("why on earth"), every, np.array([2])), 0)
    seen = phrases().said(query("why on earth"), every, np.array([0, 1]))
    np.testing.assert_allclose(seen, phrases().said(query("why on earth"), every, np.zeros(0, np.int64)))


def test_the_unit_with_the_most_votes_answers_and_its_topic_comes_first() -> None:
    assert ranked(said(0.2, 0.5, 0.1)).units.tolist() == [1]
    assert ranked(said(0.5, 0.2, 0.1)).units.tolist() == [0]
    assert ranked(said(0.1, 0.2, 0.9)).units.tolist() == [2]
    assert ranked(said(0.1, 0.2, 0.9)).topics[0].argmax() == 1


def test_a_units_own_text_and_words_speak_for_it() -> None:
    assert ranked(said(0.2, 0.2, 0.1, own=(0.0, 0.3, 0.0))).units.tolist() == [1]
    assert ranked(said(0.2, 0.2, 0.1), "batches break").units.tolist() == [1]
    assert ranked(said(0.2, 0.2, 0.1), "dropout").units.tolist() == [0]


def test_a_topic_without_units_can_come_first_and_has_none() -> None:
    found = ranked(said(0.2, 0.2, 0.2, topics=(0, 0, 0.9, 0)))
    assert (found.topics[0].argmax(), found.units.tolist()) == (2, [-1])
    assert scorer()[-1] is None


def test_a_bank_without_units_ranks_by_votes_alone() -> None:
    unheard = UnitWords.build([], [], owners_of([]))
    nothing = UnitScorer([], unheard, unheard, np.ones(FEATURES))
    votes = Votes(np.array([[0.1, 0.4, 0.0]]), np.zeros((1, 0)), np.ones(1), np.zeros((1, 0)))
    found = ranked(votes, by=nothing)
    assert (found.topics.tolist(), found.units.tolist()) == ([[0.1, 0.4]], [-1])


def test_the_fit_finds_the_feature_that_tells_and_shuffled_labels_teach_nothing() -> None:
    chance = np.random.default_rng(0)
    features = chance.random((400, 3, FEATURES))
    seen = Compared(np.tile(np.arange(3), (400, 1)), features)
    right = features[:, :, 1].argmax(axis=1)
    telling = scorer().fitted(seen, right).arrays()["units.scorer"]
    assert telling.argmax() == 1
    assert telling[1] > 5 * np.abs(np.delete(telling, 1)).max()
    nonsense = scorer().fitted(seen, chance.permutation(right)).arrays()["units.scorer"]
    assert np.abs(nonsense).max() < 0.2 * telling[1]


def test_questions_without_a_unit_teach_nothing() -> None:
    seen = Compared(np.zeros((2, 1), np.int64), np.ones((2, 1, FEATURES)))
    before = scorer(1, 2, 3, 4, 5)
    assert before.fitted(seen, np.array([-1, -1])) is before


def test_a_scorer_is_kept_and_damage_is_told() -> None:
    arrays = scorer(1, 2, 3, 4, 5).arrays()
    again = UnitScorer.restore(PLACES, arrays)
    found = said(0.3, 0.2, 0.1, topics=(0.3, 0.2, 0, 0))
    np.testing.assert_array_equal(
        ranked(found, "dropout", again).topics, ranked(found, "dropout", scorer(1, 2, 3, 4, 5)).topics
    )
    for name, wrong in (
        ("units.scorer", arrays["units.scorer"][:-1]),
        ("units.weights", arrays["units.weights"][:-1]),
        ("units.pairs", arrays["units.pairs"][::-1]),
        ("units.pairs", arrays["units.pairs"] + 1_000),
        ("units.vocabulary", None),
        ("asked.counts", 0 * arrays["asked.counts"]),
        ("asked.counts", arrays["asked.counts"][:-1]),
    ):
        changed = {key: value for key, value in {**arrays, name: wrong}.items() if value is not None}
        with pytest.raises(IndexCacheError):
            UnitScorer.restore(PLACES, changed)


def asked(retriever: Retriever, questions: Sequence[tuple[str, str, str]]) -> float:
    replies = retriever.ask_many([lead for lead, _, _ in questions])
    own = [(reply.topic, reply.unit) == place[1:] for reply, place in zip(replies, questions, strict=True)]
    return float(np.mean(own))


def test_the_banks_own_interview_questions_open_their_own_unit(whole: Retriever) -> None:
    questions = [
        (unit.lead, slug, unit.id)
        for slug, topic in BANK.topics.items()
        for lang in LANGS
        for unit in topic.units[lang]
        if unit.section == "interview" and unit.lead.endswith(("?", "？"))
    ]
    assert len(questions) > 200
    assert asked(whole, questions) >= 0.97
    # The negative control: with the ids dealt out anew, hardly any does.
    dealt = np.random.default_rng(0).permutation(len(questions))
    wrong = [(lead, *questions[other][1:]) for (lead, _, _), other in zip(questions, dealt, strict=True)]
    assert asked(whole, wrong) < 0.1


@pytest.mark.parametrize(
    ("question", "unit"),
    [("什么是召回率", "recall"), ("what is a conditional GAN", "conditional"), ("L1 和 L2 的区别", "vs-l1-l2")],
)
def test_a_question_on_a_part_of_a_topic_opens_the_unit_on_that_part(
    whole: Retriever, question: str, unit: str
) -> None:
    assert whole.ask(question).unit == unit


def test_a_follow_up_opens_a_section_as_its_words_say(whole: Retriever) -> None:
    reply = whole.ask("and its drawbacks?", about="gan")
    assert (reply.topic, reply.unit) == ("gan", None)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("我的面试官突然问我 LoRA 有什么不足，怎么回答比较完整", "lora-peft"),
        ("tell me a few good reasons for putting batch normalization into my network", "batch-normalization"),
        ("the interviewer said: name an upside and a downside of a very deep random forest", "random-forest"),
    ],
)
def test_a_question_that_says_more_than_a_topic_and_a_section_opens_no_whole_section(
    whole: Retriever, question: str, topic: str
) -> None:
    reply = whole.ask(question)
    assert (reply.outcome, reply.topic) == ("answer", topic)
    assert reply.unit is not None


@pytest.mark.parametrize(
    ("question", "topic", "section"),
    [
        ("LSTM in practice", "lstm", "practice"),
        ("GAN 的实践", "gan", "practice"),
        ("LSTM 的常见误区", "lstm", "pitfalls"),
        ("interview questions on GAN", "gan", "interview"),
        ("what do interviewers ask about overfitting", "overfitting", "interview"),
    ],
)
def test_a_topic_and_a_section_alone_open_the_section(
    whole: Retriever, question: str, topic: str, section: str
) -> None:
    reply = whole.ask(question)
    assert (reply.topic, reply.section, reply.unit) == (topic, section, None)
