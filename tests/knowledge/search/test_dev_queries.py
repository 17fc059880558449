"""Figures on development queries, where they lie beside the checkout; they are never part of a bank."""

from pathlib import Path

import pytest

import knowledge
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS
from knowledge.search.evaluation import evaluate, load_queries
from knowledge.search.index import packaged_negatives
from knowledge.search.reading import normalise
from knowledge.search.retriever import Retriever

DEV = Path(knowledge.__file__).resolve().parents[2] / "shared" / "queries" / "dev.jsonl"
pytestmark = pytest.mark.skipif(not DEV.exists(), reason="no development queries beside this checkout")


def test_without_encoder_most_are_found(whole_lexical: Retriever) -> None:
    found = evaluate(whole_lexical, load_queries(DEV))
    # Floors that a channel gone silent or a head gone wrong would fall through; the figures move with every new topic.
    assert (found.top1 or 0) >= 0.90
    assert (found.top3 or 0) >= 0.95


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_with_encoder_nearly_all_are_found(whole: Retriever) -> None:
    found = evaluate(whole, load_queries(DEV))
    assert (found.top1 or 0) >= 0.95
    assert (found.top3 or 0) >= 0.98


def test_none_of_them_was_learned_from() -> None:
    topics = load_bank().topics.values()
    told = {normalise(text) for topic in topics for lang in LANGS for text in topic.meta.asks[lang]}
    asked = {normalise(query.query) for query in load_queries(DEV)}
    assert not asked & (told | set(packaged_negatives()))
