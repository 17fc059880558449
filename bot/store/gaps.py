"""Questions that the bank could not answer, without who asked them."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence

from sqlalchemy import RowMapping, delete, func, select

from bot.store.database import Database, upsert
from bot.store.tables import gaps
from bot.study.gaps import Gap
from knowledge.bank.models import Lang

#: No server of Discord's has this id.
_NO_SERVER = 0


class Gaps:
    """Questions without an answer, by the server they were asked in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(
        self, question: str, lang: Lang, nearest: Sequence[str], at: float, *, guild_id: int | None = None
    ) -> None:
        """Count a question; one that differs in case, width or punctuation only is the same.

        Args:
            question: without anything that names a member.
            lang: its language.
            nearest: slugs of the topics that came closest.
            at: Unix time.
            guild_id: where it was asked; None in direct messages.
        """
        row = {
            "guild_id": guild_id or _NO_SERVER, "lang": lang, "key": question_key(question), "question": question,
            "nearest": list(nearest), "count": 1, "first_at": at, "last_at": at,
        }  # fmt: skip
        async with self._database.writing() as connection:
            await connection.execute(upsert(connection, gaps, [row], update=["nearest", "last_at"], add=["count"]))

    async def all(self, limit: int = 1000) -> list[Gap]:
        """Return what was asked anywhere, most often first, the same question of several servers as one."""
        same = (gaps.c.lang, gaps.c.key)
        newest = func.row_number().over(partition_by=same, order_by=(gaps.c.last_at.desc(), gaps.c.guild_id))
        every = select(
            gaps,
            newest.label("newest"),
            func.sum(gaps.c.count).over(partition_by=same).label("total"),
            func.min(gaps.c.first_at).over(partition_by=same).label("first"),
        ).subquery()
        query = select(every).where(every.c.newest == 1)
        query = query.order_by(every.c.total.desc(), every.c.last_at.desc(), every.c.key).limit(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [_gap(row, int(row["total"]), row["first"]) for row in rows]

    async def of(self, guild_id: int, limit: int = 1000) -> list[Gap]:
        """Return what was asked in one server, most often first."""
        query = select(gaps).where(gaps.c.guild_id == guild_id)
        query = query.order_by(gaps.c.count.desc(), gaps.c.last_at.desc(), gaps.c.key).limit(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [_gap(row, row["count"], row["first_at"]) for row in rows]

    async def close(self, question: str, lang: Lang) -> None:
        """Take a question out everywhere: the bank answers it by now, or never shall."""
        async with self._database.writing() as connection:
            await connection.execute(delete(gaps).where(gaps.c.lang == lang, gaps.c.key == question_key(question)))


def _gap(row: RowMapping, count: int, first_at: float) -> Gap:
    return Gap(row["question"], row["lang"], tuple(row["nearest"]), count, first_at, row["last_at"])


def question_key(question: str) -> str:
    """Return what tells questions apart: equal for those that differ in case, width or punctuation only."""
    folded = unicodedata.normalize("NFKC", question).casefold()
    words = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in folded)
    return hashlib.sha256(" ".join(words.split()).encode()).hexdigest()
