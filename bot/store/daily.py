"""The daily question: at most one a server and day, whoever restarts in between."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update

from bot.store.database import Database, upsert
from bot.store.tables import daily, daily_answers


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


@dataclass(frozen=True, slots=True)
class DailyAnswer:
    """What a member answered first, and what counts, with the ids of the interactions, which carry their times."""

    member_id: int
    first: str
    first_id: int
    final: str
    final_id: int
    correct: bool


class DailyQuestions:
    """Questions of all servers, and what was answered."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(
        self, *, guild_id: int, day: date, channel_id: int, topic: str, item: str, content: dict[str, Any]
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

    async def posted(self, daily_id: int, message_id: int) -> None:
        """Save where a question was posted."""
        async with self._database.writing() as connection:
            await connection.execute(update(daily).where(daily.c.id == daily_id).values(message_id=message_id))

    async def close(self, daily_id: int, at: float) -> bool:
        """End a day's question; False when it was ended before, so that results are posted once."""
        ended = update(daily).where(daily.c.id == daily_id, daily.c.closed.is_(None)).values(closed=at)
        async with self._database.writing() as connection:
            return (await connection.execute(ended)).rowcount == 1

    async def get(self, daily_id: int) -> Daily | None:
        """Return one question, None for an unknown number."""
        found = await self._load(daily.c.id == daily_id)
        return found[0] if found else None

    async def open(self) -> list[Daily]:
        """Return every question whose results are still to come, the oldest first."""
        return await self._load(daily.c.closed.is_(None))

    async def asked(self, guild_id: int) -> list[tuple[str, str]]:
        """Return (topic, item) of a server's questions, the newest first."""
        query = select(daily.c.topic, daily.c.item).where(daily.c.guild_id == guild_id).order_by(daily.c.day.desc())
        async with self._database.reading() as connection:
            return [(row.topic, row.item) for row in await connection.execute(query)]

    async def answer(self, daily_id: int, given: DailyAnswer) -> None:
        """Save an answer, or what it was changed to."""
        changed = ["first", "first_id", "final", "final_id", "correct"]
        async with self._database.writing() as connection:
            row = {"daily_id": daily_id, **asdict(given)}
            await connection.execute(upsert(connection, daily_answers, [row], update=changed))

    async def answers(self, daily_id: int) -> list[DailyAnswer]:
        """Return what was answered, the earliest first."""
        columns = [column for column in daily_answers.c if column.name != "daily_id"]
        query = select(*columns).where(daily_answers.c.daily_id == daily_id).order_by(daily_answers.c.final_id)
        async with self._database.reading() as connection:
            return [DailyAnswer(**dict(row)) for row in (await connection.execute(query)).mappings()]

    async def _load(self, condition: Any) -> list[Daily]:  # noqa: ANN401 - a clause
        query = select(daily).where(condition).order_by(daily.c.day, daily.c.id)
        async with self._database.reading() as connection:
            return [Daily(**dict(row)) for row in (await connection.execute(query)).mappings()]
