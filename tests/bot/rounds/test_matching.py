from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rounds.matching import fold, matches


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("Sigmoid", "sigmoid"), ("  sigmoid. ", "sigmoid"), ("ＳＩＧＭＯＩＤ", "sigmoid"), ("sigmiod", "sigmoid"),
        ("sigmod", "sigmoid"), ("the ReLU", "ReLU"), ("k-means", "k means"), ("kmeans", "k-means"),
        ("back propagation", "backpropagation"), ("backproporgation", "backpropagation"), ("梯度下降。", "梯度下降"),
        ("梯度 下降", "梯度下降"), ("0.5", "0.5"), ("C++", "c++"), ("don’t", "don't"), ("1,000", "1000"),
        ("generative adversarial netwrok", "generative adversarial network"),
    ],
)  # fmt: skip
def test_what_differs_by_nothing_that_matters_counts(typed: str, right: str) -> None:
    assert matches(typed, [right])


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("", "relu"), ("???", "relu"), ("l1", "l2"), ("1998", "1989"), ("RNN", "CNN"), ("0.5", "5"), ("-1", "1"),
        ("encoder", "decoder"), ("mean", "median"), ("C", "C++"), ("梯度上升", "梯度下降"),
        ("gradient", "gradient descent"), ("relu", ""), ("a", "the"), ("precision", "recall"),
    ],
)  # fmt: skip
def test_another_answer_is_no_typo(typed: str, right: str) -> None:
    assert not matches(typed, [right])


@given(st.text(min_size=1).filter(fold))
def test_every_answer_matches_itself_however_it_is_written(text: str) -> None:
    assert matches(text, ["something else entirely", text])
    assert matches(f" {text.upper()}! ", [text]) or fold(text.upper()) != fold(text)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
