"""👍 and 👎 of members on answers of the bank, without who voted."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Integer, Row, cast, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database, upsert
from bot.store.keys import found, made
from bot.store.tables import feedback
from knowledge.bank.models import Lang, SectionId

_KEY = "voters"
#: What may be wrong with an answer, in the order in which it is offered.
DislikeReason = Literal["wrong", "beside", "unclear", "old"]
REASONS: tuple[DislikeReason, ...] = get_args(DislikeReason)
#: Characters of what a member says of it.
WHY = 500


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
    reasons: Mapping[DislikeReason, int] = field(default_factory=dict)
    """How often each reason was given for a 👎."""


@dataclass(frozen=True, slots=True)
class FeedbackNote:
    """What a member said of an explanation, without who."""

    topic: str
    section: str
    lang: Lang
    why: str


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
            name = voter(key, message_id, member_id)
            row = {
                "message_id": message_id, "voter": name, "topic": topic,
                "section": section, "lang": lang, "good": good, "at": at,
            }  # fmt: skip
            await connection.execute(upsert(connection, feedback, [row], update=["good", "at"]))
            if good:  # what was wrong with it before is no longer so
                mine = _mine(message_id, name)
                nothing = {"reason": None, "why": None, "guild_id": None}
                await connection.execute(update(feedback).where(*mine).values(**nothing))

    async def explain(
        self, *, message_id: int, member_id: int, reason: DislikeReason | None, why: str, guild_id: int | None
    ) -> bool:
        """Keep why a member's 👎 is one; False where they have none under that message.

        Args:
            message_id: of the answer.
            member_id: who voted.
            reason: one of those offered; None where nothing was chosen.
            why: their own words, without anything that names a member.
            guild_id: the server whose host may read them.
        """
        async with self._database.writing() as connection:
            key = await found(connection, _KEY)
            if key is None:
                return False
            mine = (*_mine(message_id, voter(key, message_id, member_id)), feedback.c.good.is_(False))
            change = update(feedback).where(*mine).values(reason=reason, why=why or None, guild_id=guild_id)
            return (await connection.execute(change)).rowcount == 1

    async def said(self, guild_id: int | None = None, limit: int = 100) -> list[FeedbackNote]:
        """Return what members said of answers, the newest first.

        Args:
            guild_id: only in this server; None for anywhere, which is for who runs the bot.
            limit: how many.
        """
        query = select(feedback.c.topic, feedback.c.section, feedback.c.lang, feedback.c.why)
        query = query.where(feedback.c.why.is_not(None)).order_by(feedback.c.at.desc(), feedback.c.voter).limit(limit)
        if guild_id is not None:
            query = query.where(feedback.c.guild_id == guild_id)
        async with self._database.reading() as connection:
            return [FeedbackNote(*row) for row in (await connection.execute(query)).all()]

    async def tallies(self, *, disliked: bool = False) -> list[Tally]:
        """Return the votes on explanations, the worst received first.

        Args:
            disliked: only of those with more 👎 than 👍; without it, of all that have any votes.
        """
        good = func.sum(cast(feedback.c.good, Integer))
        bad = func.count() - good
        place = (feedback.c.topic, feedback.c.section, feedback.c.lang)
        given = [func.sum(cast(feedback.c.reason == reason, Integer)).label(reason) for reason in REASONS]
        query = select(*place, good.label("good"), bad.label("bad"), *given)
        query = query.group_by(*place).order_by(good - bad, *place)
        if disliked:
            query = query.having(bad > good)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [_tally(row) for row in rows]


def _mine(message_id: int, name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return feedback.c.message_id == message_id, feedback.c.voter == name


def _tally(row: Row[Any]) -> Tally:
    reasons: dict[DislikeReason, int] = {reason: int(count) for reason in REASONS if (count := getattr(row, reason))}
    return Tally(row.topic, row.section, row.lang, int(row.good), int(row.bad), reasons)
