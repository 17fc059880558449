"""Sentences of other topics' pages make no key point: false credits stay under 2 %."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.bench.grading import _sentences, foreign_rows
from bot.settings import PACKAGED_MODEL
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Bank
from knowledge.grading.grader import Scorer


@pytest.fixture(scope="module")
def bank() -> Bank:
    return load_bank()


def rates(bank: Bank, sentences: int, *, every: int) -> list[float]:
    few = Bank(topics={slug: bank[slug] for slug in sorted(bank.topics)[::every]})
    rows = list(foreign_rows(few, PACKAGED_MODEL, None, sentences, lambda *_: None))
    assert all(row["graded"] > 100 for row in rows[:2])
    return [row["rate"] for row in rows[:2]]


def test_sentences_of_other_topics_are_hardly_credited(bank: Bank) -> None:
    assert max(rates(bank, 12, every=8)) <= 0.02


@pytest.mark.slow
def test_so_it_is_for_every_topic(bank: Bank) -> None:
    assert max(rates(bank, 8, every=1)) <= 0.02


def test_a_grader_that_credits_all_would_be_seen(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    lenient = replace(Scorer.packaged(), threshold=0.0)
    monkeypatch.setattr(Scorer, "packaged", lambda: lenient)
    assert rates(bank, 6, every=16) == [1.0, 1.0]


def test_sentences_are_prose(bank: Bank) -> None:
    found = [line for topic in bank.topics.values() for line in _sentences(topic, "en")]
    assert len(found) > 2000
    assert not any("```" in line or "**" in line for line in found)
