"""Runs: those in progress, cut off if they are still here at a start; and what it takes to repeat a member's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, select, update

from bot.store.database import Database, upsert
from bot.store.tables import runs
from knowledge.bank.models import Lang

#: Key in `what` of a run that has ended and is kept for its buttons.
OVER = "over"


@dataclass(frozen=True, slots=True)
class RunningRun:
    """A run, its message, and what it takes to offer it again (`what`; `OVER` in it says that it has ended)."""

    id: str
    guild_id: int | None
    channel_id: int
    message_id: int | None
    member_id: int
    lang: Lang
    what: dict[str, Any]
    began: float


class Runs:
    """Runs that have not ended, and those kept because no custom id could hold what they ran."""

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

    async def end(self, run_id: str, *, keep: bool = False) -> None:
        """Note that a run is over, as its message says; forget it unless its buttons need it."""
        async with self._database.writing() as connection:
            if not keep:
                await connection.execute(delete(runs).where(runs.c.id == run_id))
                return
            what = (await connection.execute(select(runs.c.what).where(runs.c.id == run_id))).scalar_one_or_none()
            if what is not None:
                over = {**what, OVER: True}
                await connection.execute(update(runs).where(runs.c.id == run_id).values(what=over))

    async def get(self, run_id: str) -> RunningRun | None:
        """Return a run, over or not; None if it was forgotten."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(runs).where(runs.c.id == run_id))).mappings().one_or_none()
        return None if row is None else _run(row)

    async def prune(self, before: float) -> None:
        """Forget all that began before a time: their buttons then say so."""
        async with self._database.writing() as connection:
            await connection.execute(delete(runs).where(runs.c.began < before))

    async def all(self) -> list[RunningRun]:
        """Return every run that has not ended, the oldest first."""
        async with self._database.reading() as connection:
            found = await connection.execute(select(runs).order_by(runs.c.began, runs.c.id))
            kept = [_run(row) for row in found.mappings()]
        return [run for run in kept if not run.what.get(OVER)]


def _run(row: Mapping[Any, Any]) -> RunningRun:
    what = row["what"]
    return RunningRun(**{**row, "what": what if isinstance(what, dict) else {}})  # anything else is damaged
