"""Days as people type them: `2026-12-20`, `+14`, `30d`, `12月20日`, `下周五`, `next friday`."""

from __future__ import annotations

import re
from datetime import date, timedelta

_WEEK = 7
_AHEAD = re.compile(r"(?:\+(\d{1,4})|(?:in )?(\d{1,4}) ?(?:d|days?|天后?))", re.ASCII | re.IGNORECASE)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{4})年 ?(\d{1,2})月 ?(\d{1,2})[日号]?", re.ASCII)
_MONTH_DAY = re.compile(r"(\d{1,2})月 ?(\d{1,2})[日号]?", re.ASCII)
_NAMED = {"today": 0, "今天": 0, "tomorrow": 1, "明天": 1, "后天": 2}
_WEEKDAYS = {
    **{day: n for n, day in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))},
    **{f"{week}{day}": n for week in ("周", "星期", "礼拜") for n, day in enumerate("一二三四五六日")},
    **{f"{week}天": 6 for week in ("周", "星期", "礼拜")},
}
_NEXT = re.compile(r"(?:next |下个?)")


def days_until(typed: str, today: date) -> int | None:
    """Return how many days away a day is that was typed; None for what names no day.

    A day that is over is less than 0 days away. A month and day, or a weekday, is the next one there is; `next friday`
    and `下周五` are the Friday of the next week, which begins on its Monday.
    """
    typed = " ".join(typed.split()).lower()
    if typed in _NAMED:
        return _NAMED[typed]
    if found := _AHEAD.fullmatch(typed):
        return int(found[1] or found[2])
    if found := _ISO.fullmatch(typed):
        return _days(*(int(each) for each in found.groups() if each is not None), today=today)
    if found := _MONTH_DAY.fullmatch(typed):
        month, day = int(found[1]), int(found[2])
        ahead = (_days(year, month, day, today=today) for year in range(today.year, today.year + 2))
        return next((days for days in ahead if days is not None and days >= 0), None)
    if (weekday := _WEEKDAYS.get(typed)) is not None:
        return (weekday - today.weekday()) % _WEEK
    if (found := _NEXT.match(typed)) and (weekday := _WEEKDAYS.get(typed[found.end() :])) is not None:
        return _WEEK - today.weekday() + weekday
    return None


def _days(year: int, month: int, day: int, *, today: date) -> int | None:
    try:
        return (date(year, month, day) - today).days
    except ValueError:  # the 30th of February
        return None


def day_in(days: int, today: date) -> date:
    """Return the day that is so many days away."""
    return today + timedelta(days=days)
