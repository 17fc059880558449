"""Members' attempts at drills with their last tries, so that nobody writes the same code twice."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast, get_args

from sqlalchemy import select

from bot.store.database import Database, upsert
from bot.store.tables import drill_attempts
from bot.study.drills.attempts import Attempt, AttemptEnd, AttemptStep
from knowledge.bank.drills import Variant

log = logging.getLogger(__name__)

_VARIANTS: tuple[Variant, ...] = get_args(Variant)
_ENDS: tuple[AttemptEnd, ...] = get_args(AttemptEnd)
_CHANGED = [column.name for column in drill_attempts.c if not column.primary_key]


class DrillAttempts:
    """The work of members at drills, one row a member and drill."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, member_id: int, topic: str, item: str) -> Attempt | None:
        """Return a member's work at a drill; None where there is none."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_one(member_id, topic, item))).mappings().one_or_none()
        return None if row is None else _attempt(row)

    async def all(self, member_id: int) -> dict[tuple[str, str], Attempt]:
        """Return all that a member did at drills, by topic and item."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(drill_attempts).where(drill_attempts.c.member_id == member_id))
            return {(row["topic"], row["item"]): _attempt(row) for row in rows.mappings()}

    async def move(self, member_id: int, topic: str, item: str, step: AttemptStep) -> Attempt | None:
        """Change a member's work at a drill and return it as it is then.

        `step` is called within the transaction, so that nothing else comes between.
        """
        async with self._database.writing() as connection:
            row = (await connection.execute(_one(member_id, topic, item))).mappings().one_or_none()
            before = None if row is None else _attempt(row)
            after = step(before)
            if after is not None and after != before:
                await connection.execute(upsert(connection, drill_attempts, [asdict(after)], update=_CHANGED))
        return after


def _one(member_id: int, topic: str, item: str) -> Any:  # noqa: ANN401 - a select of all columns
    mine = (drill_attempts.c.member_id == member_id) & (drill_attempts.c.topic == topic)
    return select(drill_attempts).where(mine, drill_attempts.c.item == item)


def _attempt(row: Mapping[Any, Any]) -> Attempt:
    """Return a row as it is meant; what another version wrote, and this one does not know, is left out."""
    codes = row["codes"] if isinstance(row["codes"], dict) else {}
    if codes is not row["codes"]:
        log.error("the last tries of a member at %s/%s are damaged and read as none", row["topic"], row["item"])
    kept = {cast("Variant", name): str(code) for name, code in codes.items() if name in _VARIANTS}
    variant = row["variant"] if row["variant"] in _VARIANTS else _VARIANTS[0]
    end = row["end"] if row["end"] in _ENDS else None
    return Attempt(**{**row, "codes": kept, "variant": variant, "end": end})
