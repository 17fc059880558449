"""When a reminder is due, with the clock passed in: once a day, over changes of summer time, of zones, and restarts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.study.learning import ReviewStatus
from bot.study.reminders import LATE_S, MOST_UNANSWERED, Reminder, choose, day_due, is_quiet, unanswered
from bot.study.timetable import local_day, moment

ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe")
DUE, NOTHING = ReviewStatus(4, 10, 0, 3), ReviewStatus(0, 0, 0, 3)
HOUR, DAY = 3_600.0, 86_400.0


def at(text: str, zone: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def of(hour: int, zone: str, **values: object) -> Reminder:
    return replace(Reminder(7, hour, "en", 0.0, zone=zone), **values)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", [0, 2, 3, 9, 23])
def test_a_year_of_looks_has_each_day_once_and_none_twice(zone: str, hour: int) -> None:
    reminder, seen = of(hour, zone), []
    now = at("2026-01-01T00:00", "UTC")
    for _ in range(366 * 48):
        now += HOUR / 2
        if (day := day_due(reminder, now)) is not None:
            assert local_day(now, zone) == day
            # The first may be late: the year begins in the middle of a day somewhere.
            assert 0 <= now - moment(day, hour, zone) <= (HOUR / 2 if seen else LATE_S)
            seen.append(day)
            reminder = replace(reminder, last=day)
    assert seen == sorted(set(seen))
    assert len(seen) >= 364
    assert all(later - earlier == timedelta(days=1) for earlier, later in zip(seen, seen[1:], strict=False))


def test_an_hour_that_summer_time_skips_is_the_one_after_and_one_that_comes_twice_is_the_first() -> None:
    spring, autumn = of(2, "Europe/Berlin"), of(2, "Europe/Berlin", last=date(2026, 10, 24))
    assert day_due(spring, at("2026-03-29T01:59", "Europe/Berlin")) is None
    assert day_due(spring, at("2026-03-29T03:00", "Europe/Berlin")) == date(2026, 3, 29)
    first = datetime(2026, 10, 25, 0, 0, tzinfo=UTC).timestamp()  # 02:00 in summer time
    assert day_due(autumn, first) == date(2026, 10, 25)
    assert day_due(replace(autumn, last=date(2026, 10, 25)), first + HOUR) is None, "the second 02:00"


def test_one_that_comes_too_late_is_left_out_and_the_next_day_has_its_own() -> None:
    reminder = of(9, "UTC")
    nine = at("2026-11-30T09:00", "UTC")
    assert day_due(reminder, nine - 1) is None
    assert day_due(reminder, nine + LATE_S) == date(2026, 11, 30)
    assert day_due(reminder, nine + LATE_S + 1) is None
    assert day_due(reminder, nine + DAY) == date(2026, 12, 1)


def test_an_hour_that_had_passed_when_it_was_set_waits_for_the_next_day() -> None:
    nine = at("2026-11-30T09:00", "UTC")
    assert day_due(of(9, "UTC", since=nine + 60), nine + 120) is None
    assert day_due(of(9, "UTC", since=nine - 60), nine + 120) == date(2026, 11, 30)


@given(st.sampled_from(ZONES), st.sampled_from(ZONES), st.integers(0, 23), st.integers(0, 23), st.integers(0, 72))
def test_another_zone_or_hour_brings_no_day_a_second_time(
    one: str, other: str, hour: int, then: int, later: int
) -> None:
    now = at("2026-11-30T12:00", "UTC")
    days: list[date] = []
    reminder = of(hour, one)
    for step in range(72):
        if step == later:
            reminder = replace(reminder, zone=other, hour=then)
        if (day := day_due(reminder, now + step * HOUR)) is not None:
            days.append(day)
            reminder = replace(reminder, last=day)
    assert days == sorted(set(days))


def test_after_two_that_nobody_came_after_there_is_quiet_until_they_study_again() -> None:
    reminder = of(9, "UTC")
    assert choose(reminder, DUE, None) == "send"
    once = replace(reminder, sent=100.0, unanswered=1)
    assert choose(once, DUE, 50.0) == "last"
    twice = replace(reminder, sent=200.0, unanswered=MOST_UNANSWERED)
    assert choose(twice, DUE, 150.0) == "pass"
    assert is_quiet(twice, 150.0)
    assert unanswered(twice, 201.0) == 0
    assert choose(twice, DUE, 201.0) == "send"
    assert not is_quiet(twice, 201.0)


def test_who_has_studied_already_or_has_nothing_to_study_is_left_alone() -> None:
    assert choose(of(9, "UTC"), ReviewStatus(4, 10, 1, 3), 5.0) == "pass"
    assert choose(of(9, "UTC"), NOTHING, None) == "pass"
    assert choose(of(9, "UTC"), ReviewStatus(0, 1, 0, 0), None) == "send"
