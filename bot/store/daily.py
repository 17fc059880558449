"""The daily question: at most one for each server and day, also after a restart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database, upsert
from bot.store.tables import daily, daily_answers, scores
from bot.study.timetable import earliest


@dataclass(frozen=True, slots=True)
class Daily:
    """One day's question in one server."""

    id: int
    guild_id: int
    day: date
    channel_id: int
    message_id: int | None
    topic: str
    item: str
    content: dict[str, Any]
    closed: float | None
    told: float | None


@dataclass(frozen=True, slots=True)
class DailyAnswer:
    """A member's first answer and final answer, with the ids of their interactions, which carry the times."""

    member_id: int
    first: str
    first_id: int
    final: str
    final_id: int
    correct: bool


#: (the question, what the member answered before) → what they answered now.
Decide = Callable[[Daily, DailyAnswer | None], DailyAnswer]


class DailyQuestions:
    """Questions of all servers, and what was answered."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(
        self,
        *,
        guild_id: int,
        day: date,
        channel_id: int,
        topic: str,
        item: str,
        content: dict[str, Any],
    ) -> Daily | None:
        """Save a day's question before it is posted; None when that day has one."""
        row = {
            "guild_id": guild_id, "day": day, "channel_id": channel_id, "topic": topic, "item": item,
            "content": content,
        }  # fmt: skip
        mine = (daily.c.guild_id == guild_id) & (daily.c.day == day)
        async with self._database.writing() as connection:
            if (await connection.execute(select(daily.c.id).where(mine))).first() is not None:
                return None
            made = await connection.execute(insert(daily).values(**row).returning(*daily.c))
            return Daily(**dict(made.mappings().one()))

    async def free_days(self, after: date) -> None:
        """Let days after that one have a question again whose own was asked, and ended, by a clock that ran ahead.

        Such a question had ended before its day began anywhere. It goes before all others of its server.
        """
        days = select(daily.c.day).distinct().where(daily.c.day > after, daily.c.closed.is_not(None))
        async with self._database.reading() as connection:
            if (await connection.execute(days.limit(1))).first() is None:
                return  # as nearly always: nobody who writes has to wait for it
        async with self._database.writing() as connection:
            for day in (await connection.scalars(days)).all():
                early = select(daily.c.id, daily.c.guild_id).where(daily.c.day == day, daily.c.closed < earliest(day))
                for row in (await connection.execute(early)).all():
                    oldest = select(func.min(daily.c.day)).where(daily.c.guild_id == row.guild_id)
                    free = (await connection.execute(oldest)).scalar_one() - timedelta(days=1)
                    await connection.execute(update(daily).where(daily.c.id == row.id).values(day=free))

    async def redate(self, daily_id: int, day: date) -> None:
        """Give a question another day; where its server has one for that day, it goes before all others."""
        async with self._database.writing() as connection:
            mine = select(daily.c.guild_id).where(daily.c.id == daily_id).scalar_subquery()
            taken = select(daily.c.id).where(daily.c.guild_id == mine, daily.c.day == day)
            if (await connection.execute(taken)).first() is not None:
                oldest = select(func.min(daily.c.day)).where(daily.c.guild_id == mine)
                day = (await connection.execute(oldest)).scalar_one() - timedelta(days=1)
            await connection.execute(update(daily).where(daily.c.id == daily_id).values(day=day))

    async def posted(self, daily_id: int, message_id: int) -> None:
        """Save where a question was posted."""
        async with self._database.writing() as connection:
            await connection.execute(update(daily).where(daily.c.id == daily_id).values(message_id=message_id))

    async def release(self, daily_id: int) -> None:
        """Take a question back that was never posted: its day is free again."""
        async with self._database.writing() as connection:
            await connection.execute(delete(daily).where(daily.c.id == daily_id, daily.c.message_id.is_(None)))

    async def close(self, daily_id: int, at: float, points: int) -> bool:
        """End a day's question: no answer counts any more, each right one got `points`; False when it was ended."""
        ended = (
            update(daily).where(daily.c.id == daily_id, daily.c.closed.is_(None)).values(closed=at)
            .returning(daily.c.guild_id)
        )  # fmt: skip
        async with self._database.writing() as connection:
            guild = (await connection.execute(ended)).one_or_none()
            if guild is None:
                return False
            common = {"source": f"daily:{daily_id}", "guild_id": guild.guild_id, "asked": 1, "at": at}
            rows = [
                {**common, "member_id": member, "points": points * right, "correct": right}
                for member, right in [(g.member_id, int(g.correct)) for g in await _answers(connection, daily_id)]
            ]
            if rows:
                await connection.execute(insert(scores), rows)
        return True

    async def told(self, daily_id: int, at: float) -> None:
        """Save that the results of a question were posted, or never will be."""
        async with self._database.writing() as connection:
            await connection.execute(update(daily).where(daily.c.id == daily_id).values(told=at))

    async def get(self, daily_id: int) -> Daily | None:
        """Return one question, None for an unknown number."""
        found = await self._load(daily.c.id == daily_id)
        return found[0] if found else None

    async def open(self) -> list[Daily]:
        """Return every question whose results are still to come, the oldest first."""
        return await self._load(daily.c.told.is_(None))

    async def newest(self, guild_id: int, until: date = date.max) -> Daily | None:
        """Return the question of a server's latest day, of those up to `until`."""
        mine = (daily.c.guild_id == guild_id) & (daily.c.day <= until)
        return await self._first(select(daily).where(mine).order_by(daily.c.day.desc()))

    async def current(self, guild_id: int) -> Daily | None:
        """Return the question of a server that can be answered now, the one asked last if there are several."""
        mine = (daily.c.guild_id == guild_id) & daily.c.closed.is_(None)
        return await self._first(select(daily).where(mine).order_by(daily.c.id.desc()))

    async def _first(self, query: Select[Any]) -> Daily | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(query.limit(1))).mappings().one_or_none()
        return None if row is None else Daily(**dict(row))

    async def latest(self, until: date = date.max) -> dict[int, date]:
        """Return the latest day that has its question, by server, of those up to `until`."""
        latest = func.max(daily.c.day).label("day")
        query = select(daily.c.guild_id, latest).where(daily.c.day <= until).group_by(daily.c.guild_id)
        async with self._database.reading() as connection:
            return {row.guild_id: row.day for row in await connection.execute(query)}

    async def asked(self, guild_id: int) -> list[tuple[str, str]]:
        """Return (topic, item) of a server's questions, the newest first."""
        query = select(daily.c.topic, daily.c.item).where(daily.c.guild_id == guild_id).order_by(daily.c.id.desc())
        async with self._database.reading() as connection:
            return [(row.topic, row.item) for row in await connection.execute(query)]

    async def answer(
        self, daily_id: int, member_id: int, decide: Decide
    ) -> tuple[DailyAnswer | None, DailyAnswer] | None:
        """Take in a press and return what the member answered before and now; None when the question has ended.

        Args:
            daily_id: of the question.
            member_id: whose press.
            decide: called within the transaction, so that no other press and no end comes between.
        """
        mine = (daily_answers.c.daily_id == daily_id) & (daily_answers.c.member_id == member_id)
        still_open = select(daily).where(daily.c.id == daily_id, daily.c.closed.is_(None))
        async with self._database.writing() as connection:
            asked = (await connection.execute(still_open)).mappings().one_or_none()
            if asked is None:
                return None
            before = next(iter(await _answers(connection, daily_id, mine)), None)
            after = decide(Daily(**dict(asked)), before)
            if after != before:
                row = {"daily_id": daily_id, **asdict(after)}
                changed = ["first", "first_id", "final", "final_id", "correct"]
                await connection.execute(upsert(connection, daily_answers, [row], update=changed))
        return before, after

    async def answers(self, daily_id: int) -> list[DailyAnswer]:
        """Return what was answered, the earliest first."""
        async with self._database.reading() as connection:
            return await _answers(connection, daily_id)

    async def answered(self, daily_id: int, member_id: int) -> tuple[int, DailyAnswer | None]:
        """Return how many members have answered, and what this one answered, None for nothing yet."""
        counted = select(func.count()).select_from(daily_answers).where(daily_answers.c.daily_id == daily_id)
        async with self._database.reading() as connection:
            mine = await _answers(connection, daily_id, daily_answers.c.member_id == member_id)
            return int((await connection.execute(counted)).scalar_one()), next(iter(mine), None)

    async def _load(self, condition: Any) -> list[Daily]:  # noqa: ANN401 - a clause
        query = select(daily).where(condition).order_by(daily.c.day, daily.c.id)
        async with self._database.reading() as connection:
            return [Daily(**dict(row)) for row in (await connection.execute(query)).mappings()]


async def _answers(connection: AsyncConnection, daily_id: int, *which: ColumnElement[bool]) -> list[DailyAnswer]:
    columns = [column for column in daily_answers.c if column.name != "daily_id"]
    query = select(*columns).where(daily_answers.c.daily_id == daily_id, *which).order_by(daily_answers.c.final_id)
    return [DailyAnswer(**dict(row)) for row in (await connection.execute(query)).mappings()]
