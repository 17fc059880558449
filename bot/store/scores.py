"""Points, by week and for all time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database, upsert
from bot.store.rounds import Score
from bot.store.tables import scores


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """A member's place in a server's table; who has the same points has the same place."""

    place: int
    member_id: int
    points: int
    correct: int
    asked: int


class Scores:
    """The points of all rounds and daily questions; those of a round come with `Rounds.finish`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, source: str, guild_id: int | None, results: Sequence[Score], at: float) -> None:
        """Add points for something that is over; a second call for the same source changes nothing."""
        rows = [{"source": source, "guild_id": guild_id, "at": at, **asdict(score)} for score in results]
        if rows:
            async with self._database.writing() as connection:
                await connection.execute(upsert(connection, scores, rows))

    async def tables(
        self, guild_id: int, *, since: float, until: float, limit: int = 10, member_id: int | None = None
    ) -> tuple[list[LeaderboardRow], list[LeaderboardRow]]:
        """Return the table of a time and that of all time, both of one moment: no result counts in one of them alone.

        Args:
            guild_id: of the server.
            since: when the time begins, Unix time.
            until: when it ends.
            limit: how many members.
            member_id: one who is among them wherever they stand.
        """
        async with self._database.snapshot() as connection:
            some = await _table(connection, guild_id, since, until, limit, member_id)
            return some, await _table(connection, guild_id, 0.0, math.inf, limit, member_id)

    async def table(
        self,
        guild_id: int,
        *,
        since: float = 0.0,
        until: float = math.inf,
        limit: int = 10,
        member_id: int | None = None,
    ) -> list[LeaderboardRow]:
        """Return the members of a server by the points they made since then, most first.

        Args:
            guild_id: of the server.
            since: Unix time.
            until: the same; what a clock that ran ahead dated later belongs to no week before.
            limit: how many.
            member_id: one who is among them wherever they stand, last if they are none of the first.
        """
        async with self._database.reading() as connection:
            return await _table(connection, guild_id, since, until, limit, member_id)


async def _table(
    connection: AsyncConnection, guild_id: int, since: float, until: float, limit: int, member_id: int | None
) -> list[LeaderboardRow]:
    points, right, asked = (func.sum(scores.c[name]) for name in ("points", "correct", "asked"))
    sooner = () if until == math.inf else (scores.c.at <= until,)
    order = (points.desc(), right.desc(), scores.c.member_id)
    ranked = (
        select(
            func.rank().over(order_by=points.desc()).label("place"),
            func.row_number().over(order_by=order).label("row"),
            scores.c.member_id, points.label("points"), right.label("correct"), asked.label("asked"),
        )
        .where(scores.c.guild_id == guild_id, scores.c.at >= since, *sooner)
        .group_by(scores.c.member_id)
        .subquery()
    )  # fmt: skip
    columns = [ranked.c[name] for name in ("place", "member_id", "points", "correct", "asked")]
    query = select(*columns).where((ranked.c.row <= limit) | (ranked.c.member_id == member_id))
    found = await connection.execute(query.order_by(ranked.c.row))
    return [LeaderboardRow(*(int(value) for value in row)) for row in found]
