from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.bank.loader import load_bank
from knowledge.search.clusters import ALIKE, UnansweredQuestion, clusters, groups
from knowledge.search.retriever import Retriever

KINDS = [
    ["LoRA 是什么", "what is LoRA", "lora 微调原理", "讲讲 LoRA"],
    ["决策树怎么剪枝", "how to prune a decision tree", "decision tree pruning"],
    ["什么是支持向量机", "explain support vector machines", "支持向量机的核技巧"],
    ["k-means 怎么选 k", "how to choose k in kmeans", "kmeans 聚类 k 值"],
    ["红烧肉怎么做"],
    ["进程和线程的区别"],
]
SQUARES = st.integers(0, 12).flatmap(
    lambda size: st.lists(st.lists(st.floats(0, 1), min_size=size, max_size=size), min_size=size, max_size=size)
)


def asked(text: str, count: int = 1, *nearest: str) -> UnansweredQuestion:
    return UnansweredQuestion(text, "en", count, nearest)


def test_like_questions_come_together_and_the_most_often_asked_first() -> None:
    similarity = np.array([[1, 0.6, 0.0], [0.6, 1, 0.1], [0.0, 0.1, 1]])
    first, second = clusters([asked("a", 1, "gan"), asked("b", 1, "cnn", "gan"), asked("c", 5)], similarity)
    assert (first.question, first.count) == ("c", 5)
    assert (second.count, second.nearest, second.langs) == (2, ("gan", "cnn"), {"en": 2})
    assert {second.question, *second.examples} == {"a", "b"}


def test_the_question_most_like_the_others_speaks_for_them() -> None:
    similarity = np.array([[1, 0.9, 0.9], [0.9, 1, 0.2], [0.9, 0.2, 1]])
    (found,) = clusters([asked("middle"), asked("left", 2), asked("right")], similarity)
    assert found.question == "middle"
    assert found.examples == ("left", "right")


def test_a_chain_of_likenesses_is_no_cluster() -> None:
    chain = np.eye(6) + np.diag([0.5] * 5, 1) + np.diag([0.5] * 5, -1)
    assert len(groups(chain, ALIKE)) > 1


@given(SQUARES, st.floats(0, 1))
def test_every_question_is_in_exactly_one_cluster(rows: list[list[float]], alike: float) -> None:
    similarity = np.array(rows, float).reshape(len(rows), len(rows))
    together = groups(similarity, alike)
    assert sorted(row for group in together for row in group) == list(range(len(rows)))


@given(st.lists(st.tuples(st.text(min_size=1), st.integers(1, 9)), max_size=8, unique_by=lambda pair: pair[0]))
def test_no_question_is_lost_in_the_counts(pairs: list[tuple[str, int]]) -> None:
    similarity = np.full((len(pairs), len(pairs)), 0.5)
    found = clusters([asked(text, count) for text, count in pairs], similarity)
    assert sum(cluster.count for cluster in found) == sum(count for _, count in pairs)


def test_no_questions_are_no_clusters() -> None:
    assert clusters([], np.zeros((0, 0))) == []


@pytest.mark.parametrize("encoder", [True, False], ids=["encoder", "letters alone"])
def test_questions_of_two_languages_come_together_by_what_they_ask(kept_encoder: Path, encoder: bool) -> None:
    found = Retriever.open(load_bank(), cache_dir=kept_encoder, encoder=encoder)
    texts = [text for kind in KINDS for text in kind]
    kind_of = {text: number for number, kind in enumerate(KINDS) for text in kind}
    together = clusters([asked(text) for text in texts], found.alike(texts))
    members = [{cluster.question, *cluster.examples} for cluster in together]
    assert all(len({kind_of[text] for text in group}) == 1 for group in members), "nothing is mixed"
    if encoder:
        assert len(together) == len(KINDS), "nothing is torn apart"
