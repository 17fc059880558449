"""Figures on development queries, where they lie beside the checkout; they are never part of a bank."""

from pathlib import Path

import pytest

import knowledge
from knowledge.evaluation import Scores, evaluate, load_queries
from knowledge.index import packaged_negatives
from knowledge.loader import load_bank
from knowledge.models import LANGS
from knowledge.query import normalise
from knowledge.retriever import Retriever

DEV = Path(knowledge.__file__).resolve().parents[2] / "shared" / "queries" / "dev.jsonl"
pytestmark = pytest.mark.skipif(not DEV.exists(), reason="no development queries beside this checkout")


def scores(encoder: bool) -> Scores:
    return evaluate(Retriever.open(load_bank(), cache_dir=None, encoder=encoder), load_queries(DEV))


def test_without_encoder_most_are_found() -> None:
    found = scores(encoder=False)
    # Floors that a channel gone silent or a head gone wrong would fall through; the figures move with every new topic.
    assert (found.top1 or 0) >= 0.70
    assert (found.top3 or 0) >= 0.80


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_with_encoder_nearly_all_are_found() -> None:
    found = scores(encoder=True)
    assert (found.top1 or 0) >= 0.80
    assert (found.top3 or 0) >= 0.90


def test_none_of_them_was_learned_from() -> None:
    topics = load_bank().topics.values()
    told = {normalise(text) for topic in topics for lang in LANGS for text in topic.meta.asks[lang]}
    asked = {normalise(query.query) for query in load_queries(DEV)}
    assert not asked & (told | set(packaged_negatives()))
