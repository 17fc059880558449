"""When the daily question comes, in every zone and whatever its clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.study.timetable import asked_on, due, local_day, moment, upcoming, week_start

#: Zones with changes of every kind: at midnight, by half an hour, over a whole day, at the end of a day, and none.
ODD = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Pacific/Apia",
    "America/Nuuk", "America/Sao_Paulo", "America/St_Johns", "Asia/Kathmandu", "Asia/Shanghai", "UTC",
)  # fmt: skip
zones = st.sampled_from(ODD) | st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
hours = st.integers(0, 23)
times = st.integers(*(int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2005, 2036)))
HOUR, DAY = 3_600.0, 86_400.0


def at(zone: str, *parts: int, fold: int = 0) -> float:
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold).timestamp()  # type: ignore[arg-type,misc]


def shown(when: float, zone: str) -> str:
    return datetime.fromtimestamp(when, ZoneInfo(zone)).strftime("%m-%d %H:%M")


def test_a_local_day_changes_at_local_midnight() -> None:
    noon = 1_760_011_200.0  # 2025-10-09 12:00 UTC
    assert local_day(noon, "Pacific/Auckland") == date(2025, 10, 10)
    assert local_day(noon, None) == date(2025, 10, 9)


@pytest.mark.parametrize(
    ("zone", "day", "hour", "expected"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 2, "03-29 03:00"),  # skipped: the first after it
        ("America/Santiago", date(2026, 9, 6), 0, "09-06 01:00"),  # a day that begins at one
        ("Australia/Lord_Howe", date(2026, 10, 4), 2, "10-04 02:30"),  # half an hour skipped
        ("America/Nuuk", date(2026, 3, 28), 23, "03-28 22:00"),  # the day ends with the gap
        ("Asia/Shanghai", date(2026, 3, 29), 2, "03-29 02:00"),  # the control
    ],
)
def test_an_hour_that_the_clocks_skip_comes_all_the_same(zone: str, day: date, hour: int, expected: str) -> None:
    assert shown(moment(day, hour, zone), zone) == expected


def test_an_hour_that_comes_twice_asks_the_first_time() -> None:
    day, zone = date(2026, 10, 25), "Europe/Berlin"
    first, second = at(zone, 2026, 10, 25, 2), at(zone, 2026, 10, 25, 2, fold=1)
    assert second - first == HOUR
    assert moment(day, 2, zone) == first
    assert due(first, 2, zone) == day
    assert due(second, 2, zone, last=day) is None


def test_what_was_missed_is_asked_until_the_day_ends_and_not_after() -> None:
    zone, day = "Asia/Shanghai", date(2026, 11, 24)
    nine, midnight = at(zone, 2026, 11, 24, 9), at(zone, 2026, 11, 25)
    assert due(nine - 1, 9, zone) is None
    assert due(nine, 9, zone) == day
    assert due(midnight - 1, 9, zone) == day
    assert due(midnight, 9, zone) is None


def test_an_hour_that_had_passed_when_it_was_set_waits_for_the_next_day() -> None:
    zone, set_at = "UTC", at("UTC", 2026, 11, 24, 15)
    assert due(set_at + 60, 9, zone, since=set_at) is None
    assert upcoming(set_at + 60, 9, zone, since=set_at) == at("UTC", 2026, 11, 25, 9)
    assert due(set_at + 60, 9, zone) == date(2026, 11, 24), "the control"
    assert upcoming(set_at, 18, zone, since=set_at) == at("UTC", 2026, 11, 24, 18)


def test_a_zone_set_further_west_gives_no_second_question_for_the_same_day() -> None:
    now = at("Asia/Shanghai", 2026, 11, 25, 9)
    assert due(now, 9, "Asia/Shanghai") == date(2026, 11, 25)
    los_angeles = "America/Los_Angeles"
    assert due(now + HOUR, 9, los_angeles, last=date(2026, 11, 25)) is None
    assert upcoming(now + HOUR, 9, los_angeles, last=date(2026, 11, 25)) == at(los_angeles, 2026, 11, 26, 9)


@given(zone=zones, hour=hours, when=times)
def test_every_day_has_a_moment_within_it(zone: str, hour: int, when: int) -> None:
    day = local_day(when, zone)
    assert local_day(moment(day, hour, zone), zone) == day


@given(zone=zones, hour=hours, when=times)
def test_the_next_question_is_due_when_it_comes_and_not_before(zone: str, hour: int, when: int) -> None:
    last = local_day(when, zone)
    coming = upcoming(when, hour, zone, last=last)
    assert when < coming <= when + 3 * DAY
    assert due(coming, hour, zone, last=last) is not None
    assert due(coming - 1, hour, zone, last=last) is None
    assert upcoming(coming, hour, zone, last=last) == coming


@given(
    zone=st.sampled_from(ODD), hour=hours, start=times,
    naps=st.lists(st.integers(30, 30 * 3_600), min_size=20, max_size=60),
)  # fmt: skip
def test_a_bot_that_comes_and_goes_asks_once_a_day_and_on_each_day_it_sees_after_the_hour(
    zone: str, hour: int, start: int, naps: list[int]
) -> None:
    now, last = float(start), None
    asked: list[date] = []
    seen = set()
    for nap in naps:
        day = due(now, hour, zone, since=start, last=last)
        today = local_day(now, zone)
        if start <= moment(today, hour, zone) <= now:
            seen.add(today)
        if day is not None:
            assert day == today
            asked.append(day)
            last = day
        now += nap
    assert len(asked) == len(set(asked)), "twice on a day"
    # America/St_Johns went back over midnight until 2011: a day that came back is the one day not made up for.
    assert {day for day in seen if day not in asked} <= {day - timedelta(days=1) for day in asked}
    if zone != "America/St_Johns":
        assert seen == set(asked), "a day was left out"


@given(zone=zones, when=times)
def test_a_week_begins_on_its_monday(zone: str, when: int) -> None:
    began = week_start(when, zone)
    assert local_day(began, zone).weekday() == 0
    assert began <= when + HOUR  # where clocks went back over the very midnight, the first of the two
    assert when - began <= 7 * DAY + HOUR


TENTH = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("posted", "now", "zone", "since", "expected"),
    [
        (9, 10, "UTC", 0, TENTH),  # a day ahead, and put right
        (9, 10 + 24, "UTC", 0, None),  # its day has come, or the clock is ahead still
        (9 + 24, 10 + 24, "UTC", 0, None),  # on its own day
        (12, 13, "Asia/Shanghai", 0, TENTH),  # tomorrow elsewhere, but not here
        (12, 13, "UTC", 24, None),  # this zone was set later: in another one that was the day
        (9, 13, "UTC", 24, TENTH),  # in none it was
        (-40, 13, "UTC", 0, TENTH - timedelta(days=2)),  # some days ahead
        (14, 10, "UTC", 0, TENTH),
        (30, 10, "UTC", 0, None),  # by a clock that is behind, nothing can be told
    ],
)
def test_a_question_of_a_day_to_come_was_asked_on_the_day_it_was_posted(
    posted: float, now: float, zone: str, since: float, expected: date | None
) -> None:
    """Hours from the beginning of a day, UTC; the question is that of the next day."""
    began = datetime(2026, 3, 10, tzinfo=UTC).timestamp()
    posted_at, now_at, since_at = [began + HOUR * hours for hours in (posted, now, since)]
    assert asked_on(TENTH + timedelta(days=1), posted_at, now_at, zone, since_at) == expected
