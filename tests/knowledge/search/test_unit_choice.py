"""Which unit of a page answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, Bank
from knowledge.search.index import passages_of
from knowledge.search.retriever import Retriever
from knowledge.search.unit_choice import Units

BANK = load_bank()
GAN = Bank(topics={"gan": BANK["gan"]})
PASSAGES = passages_of(GAN, ["what is the weather"])


def like(*texts: str, by: float = 1.0) -> np.ndarray:
    """Scores of passages, for a question that is like some of them."""
    return np.array([by if passage.text in texts else 0.1 for passage in PASSAGES], np.float32)


def test_the_unit_whose_ask_or_text_is_most_like_the_question_answers() -> None:
    units = Units(GAN, ["gan"], PASSAGES)
    (asked,) = (unit for unit in BANK["gan"].units["en"] if unit.id == "wasserstein")
    ask = BANK["gan"].meta.unit_asks["wasserstein"].en[0].casefold()
    assert units.best(0, like(ask)) == ("wasserstein", asked.section)


def test_where_no_unit_leads_clearly_there_is_none() -> None:
    units = Units(GAN, ["gan"], PASSAGES)
    assert units.best(0, like()) is None
    one, other = (BANK["gan"].meta.unit_asks[ident].en[0].casefold() for ident in ("wasserstein", "mode-collapse"))
    assert units.best(0, like(one, other)) is None, "both are as near"


def test_a_topic_without_units_has_none() -> None:
    plain = BANK["gan"].model_copy(update={"units": {"zh": (), "en": ()}})
    assert Units(Bank(topics={"gan": plain}), ["gan"], PASSAGES).best(0, like()) is None


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
    assert asked(whole, questions) >= 0.88
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
