"""Who asked to be reminded by direct message, and when that was done the last time."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select, update

from bot.store.database import Database, upsert
from bot.store.tables import members, reminders, reviews
from bot.study.reminders import Reminder
from knowledge.bank.models import Lang


class Reminders:
    """The reminders of all members."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, member_id: int) -> Reminder | None:
        """Return a member's reminder; None where they asked for none."""
        found = await self._read(_all().where(reminders.c.member_id == member_id))
        return found[0] if found else None

    async def waiting(self, newest: date) -> list[Reminder]:
        """Return those who can be reached and whose newest day may be still to come; `newest`: the date anywhere."""
        open_ = or_(reminders.c.last.is_(None), reminders.c.last < newest)
        return await self._read(_all().where(reminders.c.closed.is_(None), open_))

    async def set(self, member_id: int, hour: int, lang: Lang, at: float) -> None:
        """Remind a member from now on; a day that was seen to has no second one, whatever the hour is now."""
        row = {"member_id": member_id, "hour": hour, "lang": lang, "since": at, "unanswered": 0, "closed": None}
        changed = [name for name in row if name != "member_id"]
        async with self._database.writing() as connection:
            await connection.execute(upsert(connection, reminders, [row], update=changed))

    async def stop(self, member_id: int) -> None:
        """Stop the reminders of a member. The day of the last one is kept, so that no day has two."""
        async with self._database.writing() as connection:
            await connection.execute(update(reminders).where(reminders.c.member_id == member_id).values(hour=None))

    async def claim(self, member_id: int, day: date, *, sent: float | None, unanswered: int) -> bool:
        """Note that a day is seen to, and return whether nobody had done so before.

        Args:
            member_id: whose.
            day: theirs.
            sent: when a reminder is sent; None where the day passes without one.
            unanswered: reminders that nobody came after, this one counted.
        """
        values: dict[str, Any] = {"last": day, "unanswered": unanswered}
        if sent is not None:
            values["sent"] = sent
        earlier = or_(reminders.c.last.is_(None), reminders.c.last < day)
        theirs = (reminders.c.member_id == member_id) & earlier
        async with self._database.writing() as connection:
            return (await connection.execute(update(reminders).where(theirs).values(values))).rowcount == 1

    async def unsent(self, member_id: int, unanswered: int, *, closed: float | None = None) -> None:
        """Note that a reminder did not reach its member, who has not left it unanswered, then.

        Args:
            member_id: whose.
            unanswered: how many there were before it.
            closed: since when they take no direct messages; None where it may work the next time.
        """
        values = {"unanswered": unanswered, "closed": closed}
        async with self._database.writing() as connection:
            theirs = reminders.c.member_id == member_id
            await connection.execute(update(reminders).where(theirs).values(values))

    async def studied(self, member_id: int) -> float | None:
        """Return when a member last answered anything, in Unix time; None where they never did."""
        query = select(func.max(reviews.c.at)).where(reviews.c.member_id == member_id)
        async with self._database.reading() as connection:
            found: float | None = (await connection.execute(query)).scalar_one()
        return found

    async def _read(self, query: Select[Any]) -> list[Reminder]:
        async with self._database.reading() as connection:
            return [Reminder(**dict(row)) for row in (await connection.execute(query)).mappings()]


def _all() -> Select[Any]:
    theirs = reminders.c.member_id == members.c.member_id
    return (
        select(reminders, members.c.zone)
        .join_from(reminders, members, theirs, isouter=True)
        .where(reminders.c.hour.is_not(None))
    )
