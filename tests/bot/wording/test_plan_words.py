from __future__ import annotations

from datetime import date

import pytest

from bot.study.agenda import Agenda, Goal
from bot.wording.phrases.plans import expected_words


@pytest.mark.parametrize(
    ("without", "expected", "days", "shown"),
    [
        (0.5, 0.5024, 19, "今天能答对题库的 50.0%。到那天，什么都不做是 50.0%，做完今天这些是 50.2%"),
        (0.42, 0.56, 19, "今天能答对题库的 50%。到那天，什么都不做是 42%，做完今天这些是 56%"),
        (0.5, 0.5024, 0, "今天能答对题库的 50%。"),
    ],
)
def test_a_list_that_is_worth_less_than_a_percent_is_shown_to_be_worth_something(
    without: float, expected: float, days: int, shown: str
) -> None:
    agenda = Agenda(Goal(), date(2026, 12, 1), days, (), frozenset(), 0.5, without, expected, more=False)
    assert shown in expected_words(agenda, "zh")
