from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.study.days import day_in, days_until

TODAY = date(2026, 11, 30)  # a Monday


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("2026-12-20", 20), ("2026-12-1", 1), (" 2026-11-30 ", 0), ("2026-11-29", -1), ("2026/12/20", 20),
        ("2026年12月20日", 20), ("2026 年", None), ("+14", 14), ("+0", 0), ("30d", 30), ("30 days", 30),
        ("in 3 days", 3), ("1 Day", 1), ("30天", 30), ("30 天后", 30), ("12月20日", 20), ("12月20号", 20),
        ("1月1日", 32), ("11月29日", 364), ("明天", 1), ("后天", 2), ("today", 0), ("tomorrow", 1),
        ("周一", 0), ("周五", 4), ("星期天", 6), ("下周五", 11), ("下个星期一", 7), ("friday", 4),
        ("Next Friday", 11), ("next monday", 7), ("2月29日", None), ("2026-02-30", None),
        ("0000-01-01", None), ("14", None), ("-3", None), ("+-3", None), ("someday", None), ("", None),
        ("２０２６-12-20", None), ("+99999", None), ("2026-12-20T10:00", None), ("13月1日", None),
        ("下周", None), ("next", None), ("12月", None), ("d", None),
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it_and_nothing_else_is(typed: str, days: int | None) -> None:
    assert days_until(typed, TODAY) == days


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 6))
def test_a_weekday_is_within_the_week_and_that_of_the_next_week_after_sunday(today: date, weekday: int) -> None:
    name = "一二三四五六日"[weekday]
    near, far = days_until(f"周{name}", today), days_until(f"下周{name}", today)
    assert near is not None
    assert far is not None
    assert 0 <= near < 7
    assert day_in(near, today).weekday() == day_in(far, today).weekday() == weekday
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7)
    assert monday <= day_in(far, today) < monday + timedelta(days=7)


@given(st.text(max_size=20))
def test_whatever_is_typed_is_a_number_of_days_or_none(typed: str) -> None:
    days = days_until(typed, TODAY)
    assert days is None or isinstance(days, int)
