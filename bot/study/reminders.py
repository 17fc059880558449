"""When a member is to be reminded: once a day at their hour, in their zone, and not for ever where nobody comes.

A reminder is due from its hour on, for `LATE_S` at most: one that could not be sent in time is left out that day. The
day is claimed before anything is sent, so that no day has two, whatever happens in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.study import timetable
from bot.study.learning import ReviewStatus

#: How late a reminder may come, after a restart for example; a later one would come at an hour nobody chose.
LATE_S = 3 * 3_600.0
#: Reminders in a row that nobody comes after, until there are no more of them before the member has come by themselves.
MOST_UNANSWERED = 2


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is kept of a member who asked to be reminded.

    Attributes:
        member_id: whose.
        hour: of their day.
        lang: what they are spoken to in.
        since: when they set the hour, in Unix time: one that had passed by then waits for the next day.
        last: the newest of their days that was seen to; None before the first.
        sent: when the last one was sent, in Unix time.
        unanswered: reminders since they last studied.
        closed: since when they take no direct messages; None where they do, as far as is known.
        zone: of their day; None for UTC.
    """

    member_id: int
    hour: int
    lang: str
    since: float
    last: date | None = None
    sent: float | None = None
    unanswered: int = 0
    closed: float | None = None
    zone: str | None = None


#: What to do with a day that has come: remind of it, the last time before there is quiet; or let it pass.
ReminderStep = Literal["send", "last", "pass"]


def day_due(reminder: Reminder, now: float) -> date | None:
    """Return the member's day that is to be seen to now; None where there is none."""
    zone = reminder.zone or "UTC"
    since = reminder.since if reminder.since <= now else 0.0  # the clock ran ahead when it was set
    day = timetable.due(now, reminder.hour, zone, since=since, last=reminder.last)
    if day is None or now - timetable.moment(day, reminder.hour, zone) > LATE_S:
        return None
    return day


def unanswered(reminder: Reminder, studied: float | None) -> int:
    """Return how many reminders nobody came after; `studied`: when the member last answered anything, in Unix time."""
    if reminder.sent is not None and studied is not None and studied > reminder.sent:
        return 0
    return reminder.unanswered


def choose(reminder: Reminder, standing: ReviewStatus, studied: float | None) -> ReminderStep:
    """Return what to do with a day that is due: who has studied already, or does not come any more, is left alone."""
    missed = unanswered(reminder, studied)
    if missed >= MOST_UNANSWERED or standing.today or not (standing.due or standing.new):
        return "pass"
    return "last" if missed + 1 >= MOST_UNANSWERED else "send"


def is_quiet(reminder: Reminder, studied: float | None) -> bool:
    """Return whether no more are sent until the member has studied again."""
    return unanswered(reminder, studied) >= MOST_UNANSWERED
