"""Trivia packs that the host imported."""

from __future__ import annotations

from sqlalchemy import delete, select

from bot.store.database import Database, upsert
from bot.store.tables import packs
from bot.study.rounds.questions import Pack


class Packs:
    """All packs, by name."""

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

    async def get(self, name: str) -> Pack | None:
        """Return a pack, None for an unknown name."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(packs).where(packs.c.name == name))).one_or_none()
        if row is None:
            return None
        return Pack(row.name, row.author, row.sha256, tuple((question, tuple(a)) for question, a in row.questions))

    async def names(self) -> list[str]:
        """Return the names of all packs in order."""
        async with self._database.reading() as connection:
            return [row.name for row in await connection.execute(select(packs.c.name).order_by(packs.c.name))]

    async def remove(self, name: str) -> bool:
        """Delete a pack; False when there was none."""
        async with self._database.writing() as connection:
            return (await connection.execute(delete(packs).where(packs.c.name == name))).rowcount == 1
