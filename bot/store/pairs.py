"""Questions that one member asks another, and what each of the two has done; a row each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.tables import pair_members, pairs
from bot.study.pairs import Pair, PairStep, Side
from knowledge.bank.models import LANGS

_PARTS = ("interviewer", "candidate")


class PairInterviews:
    """The repository of pair interviews."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, pair: Pair) -> Pair:
        """Keep a new one and return it with its number."""
        row = {name: getattr(pair, name) for name in ("lang", "topic", "item", "phase", "begun", "asked", "ended")}
        async with self._database.writing() as connection:
            (number,) = (await connection.execute(insert(pairs).values(**row))).inserted_primary_key or (0,)
            kept = replace(pair, id=int(number))
            await connection.execute(insert(pair_members), _sides(kept))
        return kept

    async def get(self, pair_id: int) -> Pair | None:
        """Return one by its number; None where there is none."""
        async with self._database.reading() as connection:
            return await _get(connection, pair_id)

    async def move(self, pair_id: int, step: PairStep) -> Pair | None:
        """Take a step and return it as it is then; None where there is none.

        `step` is called within the transaction, so that nothing else comes between.
        """
        async with self._database.writing() as connection:
            before = await _get(connection, pair_id)
            if before is None:
                return None
            after = step(before)
            if after != before:
                changed = {"phase": after.phase, "begun": after.begun, "ended": after.ended}
                await connection.execute(update(pairs).where(pairs.c.id == pair_id).values(**changed))
                await connection.execute(delete(pair_members).where(pair_members.c.pair_id == pair_id))
                if rows := _sides(after):
                    await connection.execute(insert(pair_members), rows)
        return after


def _sides(pair: Pair) -> list[dict[str, Any]]:
    sides = zip(_PARTS, (pair.interviewer, pair.candidate), strict=True)
    return [
        {
            "pair_id": pair.id, "member_id": side.member_id, "part": part, "text": side.text,
            "points": None if side.points is None else list(side.points), "unsure": list(side.unsure),
        }
        for part, side in sides
        if side is not None
    ]  # fmt: skip


async def _get(connection: AsyncConnection, pair_id: int) -> Pair | None:
    row = (await connection.execute(select(pairs).where(pairs.c.id == pair_id))).mappings().one_or_none()
    if row is None:
        return None
    found = await connection.execute(select(pair_members).where(pair_members.c.pair_id == pair_id))
    sides = {each["part"]: _side(each) for each in found.mappings()}
    lang = LANGS[LANGS.index(row["lang"])]
    return Pair(
        row["id"], lang, row["topic"], row["item"], row["asked"], sides.get("interviewer"), sides.get("candidate"),
        row["phase"], row["begun"], row["ended"],
    )  # fmt: skip


def _side(row: Any) -> Side:  # noqa: ANN401 - a row of the table
    points = None if row["points"] is None else tuple(row["points"])
    return Side(row["member_id"], row["text"], points, tuple(row["unsure"]))
