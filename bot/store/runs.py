"""Runs in progress: what is still here at a start was cut off by the restart."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, select, update

from bot.store.database import Database, upsert
from bot.store.tables import runs
from knowledge.models import Lang


@dataclass(frozen=True, slots=True)
class RunningRun:
    """A run, its message, and what it takes to offer it again."""

    id: str
    guild_id: int | None
    channel_id: int
    message_id: int | None
    member_id: int
    lang: Lang
    what: dict[str, Any]
    began: float


class Runs:
    """All runs that have not ended."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, run: RunningRun) -> None:
        """Save a run before it starts."""
        async with self._database.writing() as connection:
            await connection.execute(upsert(connection, runs, [asdict(run)]))

    async def posted(self, run_id: str, message_id: int) -> None:
        """Save which message follows it."""
        async with self._database.writing() as connection:
            await connection.execute(update(runs).where(runs.c.id == run_id).values(message_id=message_id))

    async def end(self, run_id: str) -> None:
        """Forget a run: its message says how it ended."""
        async with self._database.writing() as connection:
            await connection.execute(delete(runs).where(runs.c.id == run_id))

    async def all(self) -> list[RunningRun]:
        """Return every run that has not ended, the oldest first."""
        async with self._database.reading() as connection:
            found = await connection.execute(select(runs).order_by(runs.c.began, runs.c.id))
            return [RunningRun(**dict(row)) for row in found.mappings()]
