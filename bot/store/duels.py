"""Duels at drills, and where their messages are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.tables import duel_players, duels
from bot.study.drills.duels import Duel, Duellist, DuelStep
from knowledge.bank.models import Lang


@dataclass(frozen=True, slots=True)
class StoredDuel:
    """A duel and its message; `message_id` is None until it is known."""

    id: int
    guild_id: int
    channel_id: int
    lang: Lang
    duel: Duel
    message_id: int | None = None


class Duels:
    """All duels."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, duel: Duel, *, guild_id: int, channel_id: int, lang: Lang) -> StoredDuel:
        """Save a new duel."""
        row = {name: value for name, value in asdict(duel).items() if name != "players"}
        place = {"guild_id": guild_id, "channel_id": channel_id, "lang": lang}
        async with self._database.writing() as connection:
            done = await connection.execute(insert(duels).values(**row, **place, owner_id=duel.players[0].member_id))
            (duel_id,) = done.inserted_primary_key or (0,)
            await connection.execute(insert(duel_players), _players(duel_id, duel))
        return StoredDuel(duel_id, guild_id, channel_id, lang, duel)

    async def posted(self, duel_id: int, message_id: int) -> None:
        """Save which message shows it."""
        async with self._database.writing() as connection:
            await connection.execute(update(duels).where(duels.c.id == duel_id).values(message_id=message_id))

    async def get(self, duel_id: int) -> StoredDuel | None:
        """Return a duel; None where there is none."""
        async with self._database.reading() as connection:
            return await _get(connection, duel_id)

    async def live(self) -> list[StoredDuel]:
        """Return the duels that are not over."""
        return await self._all(duels.c.ended.is_(None))

    async def ended_since(self, at: float) -> list[StoredDuel]:
        """Return the duels that were over at that time or later."""
        return await self._all(duels.c.ended >= at)

    async def _all(self, which: ColumnElement[bool]) -> list[StoredDuel]:
        async with self._database.reading() as connection:
            ids = (await connection.execute(select(duels.c.id).where(which).order_by(duels.c.id))).scalars().all()
            found = [await _get(connection, duel_id) for duel_id in ids]
        return [each for each in found if each is not None]

    async def live_of(self, member_id: int, topic: str, item: str) -> list[int]:
        """Return the numbers of the duels that a member has at a drill and that are not over."""
        mine = duels.join(duel_players)
        query = select(duels.c.id).select_from(mine).where(
            duel_players.c.member_id == member_id, duels.c.topic == topic, duels.c.item == item, duels.c.ended.is_(None)
        )  # fmt: skip
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def any_live_of(self, member_id: int) -> bool:
        """Return whether a member has a duel that is not over."""
        query = select(duels.c.id).select_from(duels.join(duel_players)).where(
            duel_players.c.member_id == member_id, duels.c.ended.is_(None)
        )  # fmt: skip
        async with self._database.reading() as connection:
            return (await connection.execute(query.limit(1))).first() is not None

    async def move(self, duel_id: int, step: DuelStep) -> StoredDuel | None:
        """Change a duel and return it as it is then; None where there is none.

        `step` is called within the transaction, so that nothing else comes between; what it raises changes nothing.
        """
        async with self._database.writing() as connection:
            before = await _get(connection, duel_id)
            if before is None:
                return None
            after = step(before.duel)
            if after != before.duel:
                changed = {name: getattr(after, name) for name in ("phase", "began", "ended", "end")}
                await connection.execute(update(duels).where(duels.c.id == duel_id).values(**changed))
                await connection.execute(delete(duel_players).where(duel_players.c.duel_id == duel_id))
                if after.players:
                    await connection.execute(insert(duel_players), _players(duel_id, after))
        return replace(before, duel=after)


def _players(duel_id: int, duel: Duel) -> list[dict[str, Any]]:
    return [{"duel_id": duel_id, "place": place, **asdict(each)} for place, each in enumerate(duel.players)]


async def _get(connection: AsyncConnection, duel_id: int) -> StoredDuel | None:
    row = (await connection.execute(select(duels).where(duels.c.id == duel_id))).mappings().one_or_none()
    if row is None:
        return None
    query = select(duel_players).where(duel_players.c.duel_id == duel_id).order_by(duel_players.c.place)
    players = tuple(_player(each) for each in (await connection.execute(query)).mappings())
    names = ("topic", "item", "checks", "limit_s", "asked", "phase", "began", "ended", "end")
    duel = Duel(players=players, **{name: row[name] for name in names})
    return StoredDuel(row["id"], row["guild_id"], row["channel_id"], row["lang"], duel, row["message_id"])


def _player(row: Mapping[Any, Any]) -> Duellist:
    return Duellist(**{name: value for name, value in row.items() if name not in ("duel_id", "place")})
