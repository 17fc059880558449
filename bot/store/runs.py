"""Runs in progress, so that a start finds those that were interrupted; and button data too long for a custom id."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, select, update

from bot.store.database import Database, upsert
from bot.store.tables import runs
from knowledge.bank.models import Lang

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CodePieces:
    """Pieces of code in one message, of which a member runs one; `origin` is the address of that message."""

    codes: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form that failed: its custom id, and what was typed, by the custom ids of its fields."""

    custom_id: str
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RunningRun:
    """A run and its message, or what else is kept under the id of one for a button.

    Attributes:
        id: names it in custom ids.
        guild_id: of its message; None in direct messages.
        channel_id: of its message.
        message_id: None until it is known.
        member_id: who asked for it.
        lang: of its message.
        asked: the program, as `bot.study.runs.RunRequest.as_json` writes it; None where the row keeps something
            else, or cannot be read.
        began: Unix time.
        over: whether nothing is going on (any more); it is kept for its buttons.
        answers_id: the interaction that its message answers.
        pieces: several pieces of code to choose from.
        form: a form to be filled in again.
    """

    id: str
    guild_id: int | None
    channel_id: int
    message_id: int | None
    member_id: int
    lang: Lang
    asked: dict[str, Any] | None
    began: float
    over: bool = False
    answers_id: int | None = None
    pieces: CodePieces | None = None
    form: FilledForm | None = None


class Runs:
    """Runs that have not ended, and data of buttons that is too long for a custom id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, run: RunningRun) -> None:
        """Save a run before it starts, or what is kept for a button."""
        async with self._database.writing() as connection:
            await connection.execute(upsert(connection, runs, [asdict(run)]))

    async def posted(self, run_id: str, message_id: int) -> None:
        """Save which message follows it."""
        async with self._database.writing() as connection:
            await connection.execute(update(runs).where(runs.c.id == run_id).values(message_id=message_id))

    async def end(self, run_id: str, *, keep: bool = False) -> None:
        """Note that a run is over, as its message says; forget it unless its buttons need it."""
        mine = runs.c.id == run_id
        async with self._database.writing() as connection:
            await connection.execute(update(runs).where(mine).values(over=True) if keep else delete(runs).where(mine))

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
        query = select(runs).where(runs.c.over.is_(False)).order_by(runs.c.began, runs.c.id)
        async with self._database.reading() as connection:
            return [_run(row) for row in (await connection.execute(query)).mappings()]


def _run(row: Mapping[Any, Any]) -> RunningRun:
    read = {"asked": _asked(row["asked"]), "pieces": _pieces(row["pieces"]), "form": _form(row["form"])}
    for name, value in read.items():
        if value is None and row[name] is not None:
            log.error("the column %r of run %s is damaged and read as empty", name, row["id"])
    return RunningRun(**{**row, **read})


def _asked(document: Any) -> dict[str, Any] | None:  # noqa: ANN401 - what JSON held, here and below
    return document if isinstance(document, dict) else None


def _pieces(document: Any) -> CodePieces | None:  # noqa: ANN401
    match document:
        case {"codes": [*codes], "origin": str(origin)} if all(isinstance(code, str) for code in codes):
            return CodePieces(tuple(codes), origin)
    return None


def _form(document: Any) -> FilledForm | None:  # noqa: ANN401
    match document:
        case {"custom_id": str(custom_id), "typed": dict(typed)}:
            return FilledForm(custom_id, {str(name): str(text) for name, text in typed.items()})
    return None
