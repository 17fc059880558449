"""What members saved of the bank's pages: each member's own list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from sqlalchemy import ColumnElement, and_, delete, func, insert, select

from bot.store.database import Database
from bot.store.tables import saved
from bot.study.shown import PagePlace
from knowledge.bank.models import SECTIONS, Lang, SectionId

#: Places that one member may keep: as many as a list of twenty pages shows.
MOST = 200
#: Stands for a whole section: no unit has an empty id.
_WHOLE = ""


@dataclass(frozen=True, slots=True)
class SavedPlace:
    """A place on a page, and when it was saved, in Unix time."""

    place: PagePlace
    at: float


class Saved:
    """The lists of all members."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, member_id: int, place: PagePlace, at: float) -> Literal["done", "already", "many"]:
        """Keep a place, and say whether it was kept now, before, or not at all, for `MOST` are kept.

        Args:
            member_id: whose list.
            place: with a section; the same place in the other language is the same.
            at: Unix time.
        """
        theirs = select(func.count()).select_from(saved).where(saved.c.member_id == member_id)
        row = {
            "member_id": member_id, "topic": place.topic, "section": place.section or next(iter(SECTIONS)),
            "unit": place.unit or _WHOLE, "lang": place.lang, "at": at,
        }  # fmt: skip
        async with self._database.writing() as connection:
            if (await connection.execute(select(saved.c.at).where(_same(member_id, place)))).first() is not None:
                return "already"
            if (await connection.execute(theirs)).scalar_one() >= MOST:
                return "many"
            await connection.execute(insert(saved).values(**row))
        return "done"

    async def of(self, member_id: int) -> list[SavedPlace]:
        """Return a member's list, the newest first."""
        query = select(saved).where(saved.c.member_id == member_id)
        query = query.order_by(saved.c.at.desc(), saved.c.topic, saved.c.section, saved.c.unit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [
            SavedPlace(
                PagePlace(row.topic, cast("Lang", row.lang), cast("SectionId", row.section), row.unit or None), row.at
            )
            for row in rows
        ]

    async def remove(self, member_id: int, place: PagePlace) -> bool:
        """Take a place off a member's list; False where it was not on it."""
        async with self._database.writing() as connection:
            return (await connection.execute(delete(saved).where(_same(member_id, place)))).rowcount > 0


def _same(member_id: int, place: PagePlace) -> ColumnElement[bool]:
    return and_(
        saved.c.member_id == member_id, saved.c.topic == place.topic, saved.c.section == place.section,
        saved.c.unit == (place.unit or _WHOLE),
    )  # fmt: skip
