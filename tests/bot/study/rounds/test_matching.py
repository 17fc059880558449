from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.study.rounds.folding import tokens
from bot.study.rounds.matching import fold, matches

DATA = Path(__file__).parents[3] / "data"
#: Whether what was typed counts for an answer; a row each.
ROWS = [line.split("\t") for line in (DATA / "typed_answers.tsv").read_text(encoding="utf-8").splitlines()[1:]]


@pytest.mark.parametrize(("typed", "right"), [row[1:] for row in ROWS if row[0] == "yes"])
def test_what_differs_by_nothing_that_matters_counts(typed: str, right: str) -> None:
    assert matches(typed, [right])


@pytest.mark.parametrize(("typed", "right"), [row[1:] for row in ROWS if row[0] == "no"])
def test_another_answer_is_no_typo(typed: str, right: str) -> None:
    assert not matches(typed, [right])


def test_an_answer_to_another_question_of_the_pack_is_no_typo() -> None:
    assert matches("zorblat", ["zorblap"])
    assert not matches("zorblat", ["zorblap"], others=["Zorblat!"])


@given(st.text(min_size=1).filter(fold))
def test_every_answer_matches_itself_however_it_is_written(text: str) -> None:
    assert matches(text, ["something else entirely", text])
    exclaimed = f" {text.upper()}! "  # or a factorial: `n!` is not `n`
    assert matches(exclaimed, [text]) or fold(text.upper()) != fold(text) or fold(exclaimed).endswith("!")
    assert matches(f" {text.upper()}? ", [text]) or fold(text.upper()) != fold(text)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("The ReLU.", ("relu",)), ("½", ("1", "/", "2")), ("x≥−1", ("x", ">=", "-1")), ("GPT-4", ("gpt", "4")),
        ("過擬合 (overfitting)", ("过拟合", "overfitting")), ("\u200b \u2060", ()), ("...", ("...",)),
        ("y\u0302", ("y", "hat")), ("e\u0301", ("é",)), ("百分之五十", ("50", "%")), ("四分之一", ("1", "/", "4")),
        ("n 的阶乘", ("n!",)), ("1-p", ("1", "-", "p")), ("1-D", ("1", "d")), ("百分之几", ("百分之几",)),
    ],
)  # fmt: skip
def test_a_text_is_read_as_what_carries_meaning(text: str, read: tuple[str, ...]) -> None:
    assert tokens(text) == read
