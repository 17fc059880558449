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
    """Questions without an answer, by the server they were asked in; never who asked them."""

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
            "guild_id": guild_id or _NO_SERVER, "lang": lang, "key": _key(question), "question": question,
            "nearest": list(nearest), "count": 1, "first_at": at, "last_at": at,
        }  # fmt: skip
        async with self._database.writing() as connection:
            await connection.execute(upsert(connection, gaps, [row], update=["nearest", "last_at"], add=["count"]))

    async def all(self, limit: int = 1000) -> list[Gap]:
        """Return what was asked anywhere, most often first, the same question of several servers as one."""
        total, last = func.sum(gaps.c.count).label("total"), func.max(gaps.c.last_at).label("last")
        most = select(gaps.c.lang, gaps.c.key, total, last, func.min(gaps.c.first_at).label("first"))
        most = most.group_by(gaps.c.lang, gaps.c.key).order_by(total.desc(), last.desc(), gaps.c.key).limit(limit)
        top = most.subquery()
        query = select(gaps, top.c.total, top.c.first).join(
            top, (gaps.c.lang == top.c.lang) & (gaps.c.key == top.c.key)
        )
        query = query.order_by(top.c.total.desc(), top.c.last.desc(), gaps.c.key, gaps.c.last_at.desc())
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        latest: dict[tuple[str, str], RowMapping] = {}
        for row in rows:
            latest.setdefault((row["lang"], row["key"]), row)
        return [_gap(row, int(row["total"]), row["first"]) for row in latest.values()]

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
            await connection.execute(delete(gaps).where(gaps.c.lang == lang, gaps.c.key == _key(question)))


def _gap(row: RowMapping, count: int, first_at: float) -> Gap:
    return Gap(row["question"], row["lang"], tuple(row["nearest"]), count, first_at, row["last_at"])


def _key(question: str) -> str:
    folded = unicodedata.normalize("NFKC", question).casefold()
    words = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in folded)
    return hashlib.sha256(" ".join(words.split()).encode()).hexdigest()
