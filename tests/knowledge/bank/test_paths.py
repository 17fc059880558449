from __future__ import annotations

import pytest

from knowledge.bank.errors import KnowledgeError
from knowledge.bank.models import SECTIONS, Asks, Bank, ExampleMeta, Text, Topic, TopicMeta
from knowledge.bank.paths import learning_path

TEXT = Text(zh="文", en="text")


def topic(slug: str, *requires: str) -> Topic:
    meta = TopicMeta(
        title=TEXT,
        level="basic",
        aliases=(slug,),
        asks=Asks(zh=("问",), en=("ask",)),
        key_points=(TEXT,),
        requires=requires,
        examples={"main": ExampleMeta(title=TEXT, counter="A=1", counter_why=TEXT)},
    )
    body = dict.fromkeys(SECTIONS, "body")
    return Topic(slug=slug, meta=meta, sections={"zh": body, "en": body}, examples=(), quiz=())


def bank(*topics: Topic) -> Bank:
    return Bank(topics={each.slug: each for each in topics})


def test_prerequisites_come_first_and_the_goal_last() -> None:
    rnn = topic("rnn", "backpropagation", "dense")
    whole = bank(topic("lstm", "rnn"), rnn, topic("dense"), topic("backpropagation"), topic("gan", "dense"))
    path = [each.slug for each in learning_path(whole, whole["lstm"])]
    assert path == ["backpropagation", "dense", "rnn", "lstm"]


def test_the_path_does_not_depend_on_the_order_of_the_bank() -> None:
    topics = [topic("c", "a", "b"), topic("a"), topic("b", "a")]
    there, back = bank(*topics), bank(*reversed(topics))
    assert learning_path(there, there["c"]) == learning_path(back, back["c"])


def test_a_requirement_the_bank_does_not_hold_is_passed_over() -> None:
    whole = bank(topic("a", "not-written-yet"))
    assert [each.slug for each in learning_path(whole, whole["a"])] == ["a"]


def test_a_circle_is_an_error_and_no_endless_loop() -> None:
    whole = bank(topic("a", "b"), topic("b", "a"))
    with pytest.raises(KnowledgeError, match="a → b → a|b → a → b"):
        learning_path(whole, whole["a"])
