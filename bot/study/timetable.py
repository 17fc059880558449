"""When the daily question is due: a function of the clock, the hour and the time zone, also when summer time changes.

There is one such moment a day. If the clocks skip the hour, it is the first moment after the gap (or the last before
it, when the day ends with the gap). If the hour comes twice, it is the first of the two. A question may be asked late
until the day ends in that zone; a day that is over is left out.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: A zone may skip a whole day (Samoa, 2011), never several.
_AHEAD = 4
#: Where a date begins first (Pacific/Kiritimati), as seconds before UTC.
_FIRST = 14 * 3_600


def local_day(at: float, zone: str | None) -> date:
    """Return the date at Unix time `at` in a zone; None for UTC."""
    return datetime.fromtimestamp(at, ZoneInfo(zone or "UTC")).date()


def system_day(at: float) -> date:
    """Return the date at Unix time `at` where this machine is."""
    return datetime.fromtimestamp(at).date()


def newest_day(now: float) -> date:
    """Return the latest date that it is anywhere on Earth: one after it comes of a clock that ran ahead."""
    return datetime.fromtimestamp(now + _FIRST, UTC).date()


def earliest(day: date) -> float:
    """Return the Unix time at which a date begins where it begins first."""
    return datetime.combine(day, time(), UTC).timestamp() - _FIRST


def asked_on(day: date, posted: float, now: float, zone: str, since: float) -> date | None:
    """Return the day on which a question was asked that bears a day to come, for the clock ran ahead; None for others.

    Args:
        day: the day it was asked for.
        posted: when it was posted, by a clock that is right.
        now: Unix time, by the clock that once ran ahead.
        zone: IANA name.
        since: when this zone was set; earlier questions may be of days of another.
    """
    asked, today = local_day(posted, zone), local_day(now, zone)
    is_early = posted < earliest(day) or (since <= posted and asked < day)
    return asked if is_early and asked <= today < day else None


def moment(day: date, hour: int, zone: str) -> float:
    """Return the Unix time at which `hour` of that day comes in a zone.

    `fold=0` takes the offset from before a change (PEP 495): past the gap for an hour that is skipped, and the first of
    two for one that is repeated. Where the gap reaches into the next day, `fold=1` stays in this one.
    """
    at = datetime.combine(day, time(hour), ZoneInfo(zone))
    early = at.timestamp()
    return early if local_day(early, zone) == day else at.replace(fold=1).timestamp()


def due(now: float, hour: int, zone: str, *, since: float = 0.0, last: date | None = None) -> date | None:
    """Return the day whose question is to be asked now, None when there is none.

    Args:
        now: Unix time.
        hour: of the zone's day.
        zone: IANA name.
        since: when this time was set: an hour that had passed by then waits for the next day.
        last: the newest day that has its question; days never go back, whatever zone is set.
    """
    today = local_day(now, zone)
    ready = since <= moment(today, hour, zone) <= now
    return today if ready and (last is None or last < today) else None


def upcoming(now: float, hour: int, zone: str, *, since: float = 0.0, last: date | None = None) -> float:
    """Return when the next question comes, in Unix time; `now` when it is due already."""
    if due(now, hour, zone, since=since, last=last) is not None:
        return now
    today = local_day(max(now, since), zone)
    first = today if last is None else max(today, last + timedelta(days=1))
    days = (first + timedelta(days=ahead) for ahead in range(_AHEAD))
    return next(at for day in days if (at := moment(day, hour, zone)) >= since and at > now)


def week_start(now: float, zone: str | None) -> float:
    """Return the Unix time at which the week began in a zone, on its Monday; None for UTC."""
    today = local_day(now, zone)
    return moment(today - timedelta(days=today.weekday()), 0, zone or "UTC")
