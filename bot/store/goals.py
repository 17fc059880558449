"""What members study for: a day, minutes a day, and the list of one day, made once."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database, upsert
from bot.store.tables import goals
from bot.study.agenda import DayList, Goal, Listed
from bot.study.plan import MINUTES


class Goals:
    """The goals of all members."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, member_id: int) -> Goal:
        """Return a member's goal; the default where they have none."""
        async with self._database.reading() as connection:
            return await _goal(connection, member_id)

    async def set(self, member_id: int, day: date | None, minutes: int, at: float) -> None:
        """Set the day, None for none, and the minutes a day; the list of today is made anew for them."""
        row = {"member_id": member_id, "day": day, "minutes": minutes, "since": at,
               "listed": None, "made": None, "steps": None}  # fmt: skip
        changed = [name for name in row if name != "member_id"]
        async with self._database.writing() as connection:
            await connection.execute(upsert(connection, goals, [row], update=changed))

    async def list_once(self, member_id: int, made_for: Goal, today: DayList) -> Goal:
        """Keep a day's list, unless there is one for that day, or the goal is another by now; return what is kept.

        Args:
            member_id: whose.
            made_for: the goal that the list was made for.
            today: the list.
        """
        async with self._database.writing() as connection:
            kept = await _goal(connection, member_id)
            same = (kept.day, kept.minutes) == (made_for.day, made_for.minutes)
            if not same or (kept.today is not None and kept.today.day == today.day):
                return kept
            steps = [each.as_json() for each in today.steps]
            first = {"member_id": member_id, "day": made_for.day, "minutes": made_for.minutes, "since": today.made}
            await connection.execute(upsert(connection, goals, [first]))
            values = {"listed": today.day, "made": today.made, "steps": steps}
            await connection.execute(update(goals).where(goals.c.member_id == member_id).values(values))
            return Goal(kept.day, kept.minutes, today)


async def _goal(connection: AsyncConnection, member_id: int) -> Goal:
    row = (await connection.execute(select(goals).where(goals.c.member_id == member_id))).one_or_none()
    if row is None:
        return Goal(None, MINUTES)
    return Goal(row.day, row.minutes, _list(row.listed, row.made, row.steps))


def _list(day: date | None, made: float | None, steps: Any) -> DayList | None:  # noqa: ANN401 - what JSON held
    if day is None or made is None or not isinstance(steps, list):
        return None
    read = [Listed.read(each) for each in steps]
    return DayList(day, made, tuple(each for each in read if each is not None))
