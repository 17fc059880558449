"""FSRS's parameters of members, as they were fitted to their answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from bot.store.database import Database, upsert
from bot.store.tables import cards, fits, reviews
from bot.study.cards import Card
from bot.study.fitter import KeptFit
from bot.study.schedule import Parameters

#: Rows that are written at once: a statement has only so many values.
_ROWS = 1_000


class Fits:
    """The last fit of each member."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, member_id: int) -> KeptFit | None:
        """Return a member's last fit; None where there was none."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(fits).where(fits.c.member_id == member_id))).one_or_none()
        if row is None:
            return None
        return KeptFit(_read(row.parameters), row.told, row.log_loss, row.usual_log_loss, row.next_at)

    async def parameters(self, member_ids: Collection[int]) -> dict[int, Parameters]:
        """Return the parameters of those members who have their own."""
        query = select(fits.c.member_id, fits.c.parameters).where(fits.c.member_id.in_(sorted(member_ids)))
        async with self._database.reading() as connection:
            found = {row.member_id: _read(row.parameters) for row in await connection.execute(query)}
        return {member_id: parameters for member_id, parameters in found.items() if parameters is not None}

    async def waiting(self, member_ids: Collection[int], first: int) -> list[int]:
        """Return those members whose turn it is: the first time with `first` answers, of all."""
        ids = sorted(member_ids)
        counts = select(reviews.c.member_id, func.count()).where(reviews.c.member_id.in_(ids))
        nexts = select(fits.c.member_id, fits.c.next_at).where(fits.c.member_id.in_(ids))
        async with self._database.reading() as connection:
            at = {row.member_id: row.next_at for row in await connection.execute(nexts)}
            there = (await connection.execute(counts.group_by(reviews.c.member_id))).all()
        return [member_id for member_id, count in there if count >= at.get(member_id, first)]

    async def adopt(self, member_id: int, fit: KeptFit, moved: Sequence[Card], *, answers: int, at: float) -> bool:
        """Keep a fit with the cards that go by it, all or nothing.

        Args:
            member_id: whose.
            fit: replaces the last one.
            moved: cards as they would have become with it.
            answers: how many answers all of that is made of.
            at: Unix time.

        Returns:
            False where the member's answers are not so many any more, and nothing was changed.
        """
        async with self._database.writing() as connection:
            count = select(func.count()).select_from(reviews).where(reviews.c.member_id == member_id)
            if not answers or (await connection.execute(count)).scalar_one() != answers:
                return False
            row = {
                "member_id": member_id, "parameters": None if fit.parameters is None else list(fit.parameters),
                "told": fit.told, "log_loss": fit.log_loss, "usual_log_loss": fit.usual_log_loss,
                "next_at": fit.next_at, "at": at,
            }  # fmt: skip
            changed = [name for name in row if name != "member_id"]
            await connection.execute(upsert(connection, fits, [row], update=changed))
            rows = [
                {"member_id": c.member_id, "topic": c.topic, "item": c.item, "state": c.state, "due": c.due}
                for c in moved
            ]
            for first in range(0, len(rows), _ROWS):
                part = rows[first : first + _ROWS]
                await connection.execute(upsert(connection, cards, part, update=["state", "due"]))
        return True


def _read(kept: list[float] | None) -> Parameters | None:
    return None if kept is None else tuple(kept)
