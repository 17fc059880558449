"""Every question of the interview document, asked in its own wording, finds the topic that answers it first.

The document lies beside some checkouts; it is never part of the bank.
"""

import re
from pathlib import Path

import pytest

import knowledge
from knowledge.bank.loader import load_bank
from knowledge.search.retriever import Retriever

SOURCE = Path(knowledge.__file__).resolve().parents[2] / "shared" / "seed" / "interview-questions.zh.md"
pytestmark = pytest.mark.skipif(not SOURCE.exists(), reason="no interview document beside this checkout")


def answered_by() -> dict[int, str]:
    """Return the topic of each question's number, as the bank says it."""
    return {number: topic.slug for topic in load_bank().topics.values() for number in topic.meta.questions}


def missed(retriever: Retriever, wanted: dict[int, str]) -> list[str]:
    """Return the questions whose first candidate is another topic than `wanted` says."""
    document = SOURCE.read_text(encoding="utf-8")
    asked = {int(number): text for number, text in re.findall(r"(?m)^#### (\d+)\. (.+)$", document)}
    assert sorted(asked) == sorted(wanted) == list(range(1, 41))
    replies = retriever.ask_many(list(asked.values()))
    first = dict(zip(asked, (reply.candidates[0].topic for reply in replies), strict=True))
    return [f"{number}: {first[number]}, not {wanted[number]}" for number in asked if first[number] != wanted[number]]


def test_without_encoder_nearly_each_finds_its_topic_first(whole_lexical: Retriever) -> None:
    # "What is the pooling layer in a neural network?" and two more like it read as a question on CNNs.
    assert len(missed(whole_lexical, answered_by())) <= 3


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_with_encoder_each_finds_its_topic_first(whole: Retriever) -> None:
    assert missed(whole, answered_by()) == []


def test_wrong_answers_are_counted_as_missed(whole_lexical: Retriever) -> None:
    wanted = answered_by()
    swapped = {"cnn": "resnet", "resnet": "cnn"}
    wrong = {number: swapped.get(slug, slug) for number, slug in wanted.items()}
    assert len(missed(whole_lexical, wrong)) >= sum(wrong[number] != wanted[number] for number in wanted) == 7
