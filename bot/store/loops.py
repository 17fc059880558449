"""Whole interviews, one row each; a member has at most one that goes on."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select, update

from bot.store.database import Database
from bot.store.tables import loops
from bot.study.loops.machine import Loop, LoopStep, as_json, parts_of
from knowledge.bank.models import LANGS

log = logging.getLogger(__name__)


class Loops:
    """The whole interviews of members."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, loop: Loop) -> Loop:
        """Keep a new interview and return it with its number; the member's own that goes on, where there is one."""
        async with self._database.writing() as connection:
            row = (await connection.execute(_live(loop.member_id))).mappings().first()
            if row is not None and (live := _loop(row)) is not None:
                return live
            if row is not None:  # damaged: it could never end
                await connection.execute(update(loops).where(loops.c.id == row["id"]).values(ended=loop.began))
            made = await connection.execute(
                insert(loops).values(
                    member_id=loop.member_id, role=loop.role, lang=loop.lang, state=as_json(loop), began=loop.began,
                    ended=loop.ended,
                )
            )  # fmt: skip
            (number,) = made.inserted_primary_key or (0,)
        return replace(loop, id=int(number))

    async def live(self, member_id: int) -> Loop | None:
        """Return the interview that a member has going on."""
        return await self._first(_live(member_id))

    async def get(self, loop_id: int, member_id: int) -> Loop | None:
        """Return an interview of a member's own by its number."""
        return await self._first(_one(loop_id, member_id))

    async def last(self, member_id: int, *, role: str | None = None, before: int | None = None) -> Loop | None:
        """Return the member's latest interview that is over; of a role, and numbered below `before`, where given."""
        query = select(loops).where(loops.c.member_id == member_id, loops.c.ended.is_not(None))
        if role is not None:
            query = query.where(loops.c.role == role)
        if before is not None:
            query = query.where(loops.c.id < before)
        return await self._first(query.order_by(loops.c.id.desc()).limit(1))

    async def move(self, loop_id: int, member_id: int, step: LoopStep) -> Loop | None:
        """Take a step with an interview and return it as it is then; None where it is not there any more.

        `step` is called within the transaction, so that nothing else comes between.
        """
        async with self._database.writing() as connection:
            row = (await connection.execute(_one(loop_id, member_id))).mappings().one_or_none()
            before = None if row is None else _loop(row)
            if before is None:
                return None
            after = step(before)
            if after != before:
                values = {"state": as_json(after), "ended": after.ended}
                await connection.execute(update(loops).where(loops.c.id == loop_id).values(**values))
        return after

    async def _first(self, query: Any) -> Loop | None:  # noqa: ANN401 - a select of all columns
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().first()
        return None if row is None else _loop(row)


def _one(loop_id: int, member_id: int) -> Any:  # noqa: ANN401 - a select of all columns
    return select(loops).where(loops.c.id == loop_id, loops.c.member_id == member_id)


def _live(member_id: int) -> Any:  # noqa: ANN401 - a select of all columns
    return select(loops).where(loops.c.member_id == member_id, loops.c.ended.is_(None)).order_by(loops.c.id.desc())


def _loop(row: Mapping[Any, Any]) -> Loop | None:
    """Return a row as it is meant; None, and a line in the log, where its document is damaged."""
    state = row["state"]
    try:
        return Loop(
            row["id"], row["member_id"], row["role"], LANGS[LANGS.index(row["lang"])],
            float(state["limit_s"]), row["began"], parts_of(state), int(state["at"]), state["shown"], row["ended"],
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        log.error("the interview %s is damaged and left out: %r", row["id"], error)
        return None
