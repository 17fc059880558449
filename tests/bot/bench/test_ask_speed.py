"""What the benchmark measures, not how fast it is."""

import asyncio
import os
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from bot.bench import ask_speed
from bot.settings import Settings
from bot.study.tutor import Tutor
from knowledge.search import vectors
from knowledge.search.glossary import Glossary
from knowledge.search.retriever import Retriever
from runners.local import LocalRunner
from tests.knowledge.banks import NEGATIVES, small_bank
from tests.knowledge.conftest import WordEncoder


def test_growth_names_the_index_that_serves_each_size_and_its_recall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask_speed, "SIZES", (500, 2000))
    monkeypatch.setattr(vectors, "HNSW_FROM", 1000)
    small, large = ask_speed.scale()
    assert (small["index"], small["recall_at_10"]) == ("flat", 1)
    assert large["index"] == "hnsw"
    assert 0.9 < large["recall_at_10"] <= 1
    assert large["vectors_mb"] == 3


def test_a_grown_bank_has_as_many_topics_and_passages_as_wanted_and_every_figure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ask_speed, "GROWN_TOPICS", 30)
    monkeypatch.setattr(ask_speed, "GROWN_PASSAGES", 20)
    monkeypatch.setattr(ask_speed, "open_encoder", lambda *_: WordEncoder(size=ask_speed.WIDTH))
    monkeypatch.setattr(vectors, "HNSW_FROM", 500)
    graphs: list[str] = []
    figures = ask_speed.grown(Settings(), small_bank(), progress=lambda stage, *_: graphs.append(stage))
    assert (figures["topics"], figures["passages"]) == (30, 600)
    assert "graph" in graphs, "it is searched as a large bank is"
    assert figures["question_to_encode"] > 1
    assert figures["build_to_encoding"] > 1
    assert list(figures)[:5] == ["topics", "passages", "question_to_encode", "build_to_encoding", "peak_mb"]


def test_passages_of_a_made_up_topic_share_words_that_no_other_has() -> None:
    made = ask_speed.made_up(small_bank(), np.random.default_rng(0))
    of_topics = [{word for p in made[start : start + 100] for word in p.text.split()} for start in (0, 100)]
    first = [set(p.text.split()) for p in made[:100]]
    assert set.intersection(*first) - of_topics[1]


def test_a_hundred_questions_come_from_every_topic_in_both_languages() -> None:
    questions = ask_speed.sample_questions(small_bank())
    assert len(questions) == 100
    for topic in small_bank().topics.values():
        assert {topic.meta.asks["zh"][0], topic.meta.asks["en"][0]} <= set(questions)


def test_throughput_times_all_questions_twice() -> None:
    found = Retriever.over(small_bank(), None, negatives=NEGATIVES, glossary=Glossary.packaged())
    ticks = count()
    tutor = Tutor(small_bank(), found, LocalRunner())
    assert asyncio.run(ask_speed.throughput(tutor, ["gan", "cnn"], lambda: float(next(ticks)))) == (1, 1)


@pytest.mark.slow
def test_the_ratios_come_first(tmp_path: Path) -> None:
    folder = Path(os.environ.get("EPOCH_CACHE_DIR") or tmp_path)
    figures = ask_speed.speed(Settings(cache_dir=folder), small_bank())
    assert list(figures)[:3] == ["process_to_import", "question_to_encode", "batched_to_single"]
    assert all(value > 0 for value in figures.values())
