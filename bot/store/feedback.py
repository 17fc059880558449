"""👍 and 👎 of members on answers of the bank, without who voted."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database, upsert
from bot.store.keys import found, made
from bot.store.tables import feedback
from knowledge.bank.models import Lang, SectionId

_KEY = "voters"


async def voters_key(connection: AsyncConnection) -> bytes | None:
    """Return this database's key, None when nobody has ever voted."""
    return await found(connection, _KEY)


def voter(key: bytes, message_id: int, member_id: int) -> str:
    """Return what stands for a member under one message: another name under each, and none without the key."""
    return hmac.new(key, f"{message_id}:{member_id}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes on an explanation."""

    topic: str
    section: str
    lang: Lang
    good: int
    bad: int


class Feedback:
    """The votes: one for each member and message; a second one replaces the first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def vote(
        self,
        *,
        message_id: int,
        member_id: int,
        topic: str,
        section: SectionId,
        lang: Lang,
        good: bool,
        at: float,
    ) -> None:
        """Count a vote on the answer in that message."""
        async with self._database.writing() as connection:
            key = await made(connection, _KEY)
            row = {
                "message_id": message_id, "voter": voter(key, message_id, member_id), "topic": topic,
                "section": section, "lang": lang, "good": good, "at": at,
            }  # fmt: skip
            await connection.execute(upsert(connection, feedback, [row], update=["good", "at"]))

    async def tallies(self, *, disliked: bool = False) -> list[Tally]:
        """Return the votes on explanations, the worst received first.

        Args:
            disliked: only of those with more 👎 than 👍; without it, of all that have any votes.
        """
        good = func.sum(cast(feedback.c.good, Integer))
        bad = func.count() - good
        place = (feedback.c.topic, feedback.c.section, feedback.c.lang)
        query = select(*place, good.label("good"), bad.label("bad")).group_by(*place).order_by(good - bad, *place)
        if disliked:
            query = query.having(bad > good)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [Tally(row.topic, row.section, row.lang, int(row.good), int(row.bad)) for row in rows]
