"""Trivia packs: those that were imported for all servers, and those that hosts uploaded for their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from bot.store.database import Database, upsert
from bot.store.tables import guild_packs, packs
from bot.study.rounds.questions import Pack

#: Packs that one server may have of its own.
MOST_OF_ONE = 50


@dataclass(frozen=True, slots=True)
class GuildPack:
    """A pack that the host of a server uploaded: what it holds, the file it came as, and when, in Unix time."""

    pack: Pack
    source: str
    imported: float


class Packs:
    """All packs, by name. A server's own comes before one of the same name that is for all."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, pack: Pack, at: float) -> None:
        """Save a pack; one of the same name is replaced."""
        questions = [[question, list(right)] for question, right in pack.questions]
        row = {
            "name": pack.name, "author": pack.author, "sha256": pack.sha256, "questions": questions, "imported": at,
        }  # fmt: skip
        async with self._database.writing() as connection:
            changed = ["author", "sha256", "questions", "imported"]
            await connection.execute(upsert(connection, packs, [row], update=changed))

    async def get(self, name: str, guild_id: int | None = None) -> Pack | None:
        """Return a pack of a server or for all, None for an unknown name."""
        if guild_id is not None and (own := await self.of_server(guild_id, name)) is not None:
            return own.pack
        async with self._database.reading() as connection:
            row = (await connection.execute(select(packs).where(packs.c.name == name))).one_or_none()
        return None if row is None else _pack(row)

    async def names(self, guild_id: int | None = None) -> list[str]:
        """Return the names of all packs in order: those for all, and those of a server."""
        own = select(guild_packs.c.name).where(guild_packs.c.guild_id == guild_id)
        async with self._database.reading() as connection:
            found = {*await connection.scalars(select(packs.c.name)), *await connection.scalars(own)}
        return sorted(found)

    async def put_of_server(self, guild_id: int, pack: Pack, source: str, at: float) -> bool:
        """Save a server's own pack; one of the same name is replaced. False where it has `MOST_OF_ONE` others."""
        there = (guild_packs.c.guild_id == guild_id) & (guild_packs.c.name == pack.name)
        row = {
            "author": pack.author, "sha256": pack.sha256, "source": source, "imported": at,
            "questions": [[question, list(right)] for question, right in pack.questions],
        }  # fmt: skip
        theirs = select(func.count()).select_from(guild_packs).where(guild_packs.c.guild_id == guild_id)
        async with self._database.writing() as connection:
            if (await connection.execute(update(guild_packs).where(there).values(**row))).rowcount:
                return True
            if (await connection.execute(theirs)).scalar_one() >= MOST_OF_ONE:
                return False
            await connection.execute(insert(guild_packs).values(guild_id=guild_id, name=pack.name, **row))
        return True

    async def of_server(self, guild_id: int, name: str) -> GuildPack | None:
        """Return a server's own pack; None where it has none of that name."""
        there = (guild_packs.c.guild_id == guild_id) & (guild_packs.c.name == name)
        async with self._database.reading() as connection:
            row = (await connection.execute(select(guild_packs).where(there))).one_or_none()
        return None if row is None else GuildPack(_pack(row), row.source, row.imported)

    async def counts_of_server(self, guild_id: int) -> dict[str, int]:
        """Return how many questions each of a server's own packs has, by name."""
        query = select(guild_packs.c.name, guild_packs.c.questions).where(guild_packs.c.guild_id == guild_id)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(guild_packs.c.name))
            return {row.name: len(row.questions) for row in rows}

    async def remove_of_server(self, guild_id: int, name: str) -> bool:
        """Delete a server's own pack; False when there was none."""
        there = (guild_packs.c.guild_id == guild_id) & (guild_packs.c.name == name)
        async with self._database.writing() as connection:
            return (await connection.execute(delete(guild_packs).where(there))).rowcount == 1

    async def remove(self, name: str) -> bool:
        """Delete a pack; False when there was none."""
        async with self._database.writing() as connection:
            return (await connection.execute(delete(packs).where(packs.c.name == name))).rowcount == 1


def _pack(row: Any) -> Pack:  # noqa: ANN401 - of either table
    return Pack(row.name, row.author, row.sha256, tuple((question, tuple(a)) for question, a in row.questions))
