"""Preferences of members; and all that is stored about a member, to export or to delete."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database, upsert
from bot.store.feedback import voter, voters_key
from bot.store.tables import blocks, feedback, members, metadata
from knowledge.bank.models import Lang


@dataclass(frozen=True, slots=True)
class Member:
    """What a member set; None where they did not."""

    member_id: int
    lang: Lang | None = None
    zone: str | None = None


class Members:
    """Preferences of members, and the export and deletion of all that is stored about one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, member_id: int) -> Member:
        """Return what a member set."""
        query = select(members.c.lang, members.c.zone).where(members.c.member_id == member_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return Member(member_id) if row is None else Member(member_id, row.lang, row.zone)

    async def zones(self, member_ids: Collection[int]) -> dict[int, str]:
        """Return the time zones of those members who set one."""
        query = select(members.c.member_id, members.c.zone).where(
            members.c.member_id.in_(sorted(member_ids)), members.c.zone.is_not(None)
        )
        async with self._database.reading() as connection:
            return {row.member_id: row.zone for row in await connection.execute(query)}

    async def set_lang(self, member_id: int, lang: Lang | None, at: float) -> None:
        """Set the language a member wants; None for that of their Discord."""
        await self._set(member_id, at, "lang", lang)

    async def set_zone(self, member_id: int, zone: str | None, at: float) -> None:
        """Set a member's time zone, an IANA name that was checked."""
        await self._set(member_id, at, "zone", zone)

    async def _set(self, member_id: int, at: float, name: str, value: str | None) -> None:
        row = {"member_id": member_id, "since": at, name: value}
        async with self._database.writing() as connection:
            await connection.execute(upsert(connection, members, [row], update=[name]))

    async def export(self, member_id: int) -> dict[str, list[dict[str, Any]]]:
        """Return all that is kept of a member, by table, as JSON can hold it; tables without any are left out."""
        found: dict[str, list[dict[str, Any]]] = {}
        async with self._database.reading() as connection:
            for table in metadata.sorted_tables:
                for name in ("member_id", "owner_id"):
                    if name in table.c:
                        rows = (await connection.execute(select(table).where(table.c[name] == member_id))).mappings()
                        found.setdefault(table.name, []).extend(_plain(dict(row)) for row in rows)
            block = select(blocks).where(blocks.c.kind == "member", blocks.c.blocked_id == member_id)
            found[blocks.name] = [_plain(dict(row)) for row in (await connection.execute(block)).mappings()]
            for vote in await _votes(connection, member_id):
                row = (await connection.execute(select(feedback).where(vote))).mappings().one()
                found.setdefault(feedback.name, []).append(_plain(dict(row)))
        return {table: rows for table, rows in found.items() if rows}

    async def forget(self, member_id: int) -> int:
        """Delete all that is kept of a member and return how many rows that were; what others did stays.

        That the host blocked them stays, too: else this would undo it.
        """
        gone = 0
        async with self._database.writing() as connection:
            for table in reversed(metadata.sorted_tables):
                if "member_id" in table.c:
                    gone += (await connection.execute(delete(table).where(table.c.member_id == member_id))).rowcount
                if "owner_id" in table.c:
                    theirs = table.c.owner_id == member_id
                    gone += (await connection.execute(update(table).where(theirs).values(owner_id=None))).rowcount
            for vote in await _votes(connection, member_id):
                gone += (await connection.execute(delete(feedback).where(vote))).rowcount
        return gone


async def _votes(connection: AsyncConnection, member_id: int) -> list[ColumnElement[bool]]:
    """Return what picks each vote of a member; who voted is not written anywhere, so all have to be tried."""
    key = await voters_key(connection)
    if key is None:
        return []
    cast = (await connection.execute(select(feedback.c.message_id, feedback.c.voter))).all()
    theirs = [row for row in cast if row.voter == voter(key, row.message_id, member_id)]
    return [and_(feedback.c.message_id == row.message_id, feedback.c.voter == row.voter) for row in theirs]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(row, default=str))
    return plain
