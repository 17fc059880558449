"""Which unit of a page answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS
from knowledge.search.index import UnitPlace
from knowledge.search.retriever import Retriever
from knowledge.search.unit_choice import Units

BANK = load_bank()
#: Two units of the first topic, one of the second, none of the third.
PLACES = [UnitPlace(0, "answer", "answer"), UnitPlace(0, "failure", "pitfalls"), UnitPlace(1, "answer", "answer")]
UNITS = Units(PLACES, 3)


def test_the_unit_with_the_most_votes_answers() -> None:
    assert UNITS.best(0, np.array([0.2, 0.5, 0.9])) == PLACES[1]
    assert UNITS.best(0, np.array([0.5, 0.2, 0.9])) == PLACES[0]
    assert UNITS.best(1, np.array([0.5, 0.2, 0.1])) == PLACES[2], "the only one of its topic"


def test_where_no_unit_leads_clearly_there_is_none() -> None:
    assert UNITS.best(0, np.array([0.5, 0.5, 0.0])) is None
    assert UNITS.best(0, np.array([0.51, 0.5, 0.0])) is None


def test_a_topic_without_units_has_none() -> None:
    assert UNITS.best(2, np.array([0.2, 0.5, 0.9])) is None


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
    [("什么是召回率", "recall"), ("what is a conditional GAN", "conditional"), ("L1 和 L2 的区别", "l1-vs-l2")],
)
def test_a_question_on_a_part_of_a_topic_opens_the_unit_on_that_part(
    whole: Retriever, question: str, unit: str
) -> None:
    assert whole.ask(question).unit == unit


def test_a_follow_up_opens_a_section_as_its_words_say(whole: Retriever) -> None:
    reply = whole.ask("and its drawbacks?", about="gan")
    assert (reply.topic, reply.unit) == ("gan", None)
