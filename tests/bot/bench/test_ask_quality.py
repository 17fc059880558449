"""The tables of `epoch bench ask --ablate` and `--peers`, over a small bank."""

from __future__ import annotations

import numpy as np
import pytest

from bot.bench.ask_quality import Remembering, Row, beside_peers, field_figures, without_parts
from knowledge.search.evaluation import LabelledQuery
from knowledge.search.retriever import Retriever
from tests.knowledge.banks import small_bank
from tests.knowledge.conftest import WordEncoder

ASKED = [
    LabelledQuery(id="1", lang="zh", query="生成对抗网络是什么", topics=["gan"]),
    LabelledQuery(id="2", lang="en", query="what is a gan", topics=["gan"]),
    LabelledQuery(id="3", lang="zh", query="过拟合怎么办", topics=["overfitting"]),
    LabelledQuery(id="4", lang="en", query="how to avoid overfitting", topics=["overfitting"]),
    LabelledQuery(id="5", lang="en", query="best pizza in town", topics=[]),
]


def test_texts_are_encoded_once_however_often_they_are_asked_for() -> None:
    encoder = WordEncoder()
    once = Remembering(encoder)
    first = once.queries(["a", "b", "a"])
    again = once.queries(["b", "a"])
    assert encoder.encoded == 2
    np.testing.assert_array_equal(first[:2], again[::-1])


def test_real_questions_are_scored_with_and_without_the_topics_that_are_not_there() -> None:
    lacking = LabelledQuery(id="6", lang="en", query="how to avoid overfitting", topics=["svm"])
    found = Retriever.over(small_bank(), WordEncoder())
    whole, there = field_figures(found, [*ASKED, lacking])
    assert [(row["queries"], row["inside"]) for row in (whole, there)] == [(6, 4), (5, 4)]
    assert (whole["answered"], whole["top1"]) == (there["answered"], there["top1"])
    assert (there["far"], whole["far"]) == (0, 0.5), "what is on a topic that is not there must not be answered"


@pytest.mark.slow
def test_each_row_leaves_out_one_part_and_has_every_figure() -> None:
    table = list(without_parts(small_bank(), Remembering(WordEncoder()), ASKED))
    names = [row.name for row in table]
    assert names[0] == "all of it"
    assert len(set(names)) == len(names) >= 8
    assert all(row.scores.queries == len(ASKED) for row in table)
    assert {"variant", "top1", "auroc", "top1_zh", "top1_en"} <= set(table[0].as_dict())
    assert len({row.scores.auroc for row in table} | {row.scores.replies for row in table}) > 2


def test_peers_search_the_same_bank_and_turn_nonsense_away() -> None:
    pytest.importorskip("rank_bm25", reason="the peers come with the bench extra")
    table = {row.name: row for row in beside_peers(small_bank(), Remembering(WordEncoder()), ASKED)}
    assert len(table) == 4
    for row in table.values():
        assert isinstance(row, Row)
        assert row.scores.top1 is not None
        assert row.scores.top1 >= 0.5
        reply = row.scores.replies[4]
        assert (reply.outcome == "answer") == (reply.topic is not None)
