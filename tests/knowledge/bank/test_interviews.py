from __future__ import annotations

import pytest

from knowledge.bank.interviews import FollowUp, follow_ups
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Topic
from tests.knowledge.banks import small_bank

BANK = load_bank()


def with_section(text: str) -> Topic:
    gan = small_bank("gan")["gan"]
    return gan.model_copy(update={"sections": {lang: {"interview": text} for lang in ("zh", "en")}})


def test_each_bold_question_has_the_text_up_to_the_next_as_its_answer() -> None:
    text = "**Why two?** One makes,\nthe other judges.\n\n**为什么？** 因为 **对抗**。\n```\ncode\n```"
    assert follow_ups(with_section(text), "zh") == (
        FollowUp("Why two?", "One makes,\nthe other judges."),
        FollowUp("为什么？", "因为 **对抗**。\n```\ncode\n```"),
    )


@pytest.mark.parametrize("text", ["", "Just prose?", "**Bold.** But no question.", "A **why?** inside a line."])
def test_what_is_not_written_as_a_question_is_none(text: str) -> None:
    assert follow_ups(with_section(text), "en") == ()


@pytest.mark.parametrize("slug", sorted(BANK.topics))
def test_every_topic_of_the_bank_asks_the_same_follow_ups_in_both_languages(slug: str) -> None:
    zh, en = (follow_ups(BANK[slug], lang) for lang in ("zh", "en"))
    assert len(zh) == len(en) >= 2
    assert all(len(each.answer) > 20 for each in (*zh, *en))


def test_every_topic_of_the_bank_has_an_open_item() -> None:
    assert [t.slug for t in BANK.topics.values() if not any(item.kind == "open" for item in t.quiz)] == []
