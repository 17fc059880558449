from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.study import schedule
from bot.study.schedule import AGAIN, EASY, GOOD, GRADES, HARD, CardState, Grade

NOW = 1_760_000_000.0
DAY = 86_400.0
grades = st.sampled_from(list(GRADES))


@given(st.lists(st.tuples(grades, st.floats(0, 400 * DAY)), min_size=1, max_size=12))
def test_after_any_history_a_card_is_due_later_than_now_and_its_state_is_json(
    history: list[tuple[Grade, float]],
) -> None:
    state: CardState | None = None
    at = NOW
    for grade, pause in history:
        at += pause
        state, due = schedule.review(state, grade, at)
        assert due > at
        assert json.loads(json.dumps(state)) == state
        assert 0 <= schedule.recall(state, at + DAY) <= schedule.recall(state, at) <= 1


@given(st.lists(grades, min_size=1, max_size=6), st.floats(0, 100 * DAY))
def test_the_same_history_always_comes_to_the_same_day(history: list[Grade], pause: float) -> None:
    def replay() -> tuple[CardState | None, float]:
        state, due, at = None, 0.0, NOW
        for grade in history:
            state, due = schedule.review(state, grade, at)
            at += pause
        return state, due

    assert replay() == replay()


def test_the_better_it_went_the_later_it_comes_back() -> None:
    state, due = schedule.review(None, EASY, NOW)
    dues = [schedule.review(state, grade, due)[1] for grade in (AGAIN, HARD, GOOD, EASY)]
    assert dues == sorted(dues)
    assert len(set(dues)) == 4


def test_an_easy_card_comes_back_in_days_and_a_failed_one_in_minutes() -> None:
    assert schedule.review(None, EASY, NOW)[1] - NOW > DAY
    assert schedule.review(None, AGAIN, NOW)[1] - NOW <= 600


@given(grades, st.floats(1, 50 * DAY))
def test_a_review_that_arrives_late_is_taken_with_the_later_one(grade: Grade, late: float) -> None:
    state, _ = schedule.review(None, GOOD, NOW)
    assert schedule.review(state, grade, NOW - late) == schedule.review(state, grade, NOW)
