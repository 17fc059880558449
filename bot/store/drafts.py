"""Drafts of topics: their rows, of which each has a folder in the data folder."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.gaps import question_key
from bot.store.tables import drafts
from bot.study.drafts.models import (
    ALL_MOST,
    DROPPED_S,
    MEMBER_MOST,
    MEMBER_S,
    SERVER_MOST,
    STATES,
    Draft,
    DraftState,
)
from bot.study.refusals import Refusal
from knowledge.bank.models import LANGS, Lang

log = logging.getLogger(__name__)

_LIVE: tuple[DraftState, ...] = ("open", "checking")


class Drafts:
    """All drafts, by their slugs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, draft: Draft, taken: Callable[[str], bool] = lambda _: False) -> tuple[Draft, bool]:
        """Save a new draft under its slug, numbered where that is taken; return it, and whether it is new.

        The same question of the same server has one draft while that is open, whoever asks for it.

        Args:
            draft: open; `owner_id` is who suggested it.
            taken: tells whether a slug is no draft's, but in use all the same.

        Raises:
            Refusal: the member suggested much in a short time, or there is too much to be reviewed.
        """
        key = question_key(draft.question)
        async with self._database.writing() as connection:
            same = select(drafts).where(
                drafts.c.key == key, drafts.c.state.in_(_LIVE), drafts.c.guild_id.is_not_distinct_from(draft.guild_id)
            )
            if (row := (await connection.execute(same.limit(1))).mappings().one_or_none()) is not None:
                return _draft(row), False
            await _within_limits(connection, draft)
            known = set((await connection.execute(select(drafts.c.slug))).scalars())
            slug, number = draft.slug, 1
            while slug in known or taken(slug):
                number += 1
                slug = f"{draft.slug}-{number}"
            made = replace(draft, slug=slug)
            asks = {lang: list(made.asks[lang]) for lang in made.asks}
            row_of = {
                "slug": slug, "guild_id": made.guild_id, "owner_id": made.owner_id, "lang": made.lang, "key": key,
                "asks": asks, "note": made.note, "state": made.state, "made": made.made, "changed": made.made,
            }  # fmt: skip
            await connection.execute(insert(drafts).values(row_of))
        return made, True

    async def get(self, slug: str) -> Draft | None:
        """Return a draft; None where there is none of that name."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(drafts).where(drafts.c.slug == slug))).mappings().one_or_none()
        return None if row is None else _draft(row)

    async def of(self, guild_id: int, states: Sequence[DraftState] = _LIVE) -> list[Draft]:
        """Return the drafts of a server in these states, the newest first."""
        return await self._all(drafts.c.guild_id == guild_id, drafts.c.state.in_(states))

    async def all(self, states: Sequence[DraftState] = STATES) -> list[Draft]:
        """Return the drafts of all servers and of the terminal in these states, the newest first."""
        return await self._all(drafts.c.state.in_(states))

    async def _all(self, *which: Any) -> list[Draft]:  # noqa: ANN401 - SQL expressions
        query = select(drafts).where(*which).order_by(drafts.c.made.desc(), drafts.c.slug)
        async with self._database.reading() as connection:
            return [_draft(row) for row in (await connection.execute(query)).mappings()]

    async def move(
        self, slug: str, before: Sequence[DraftState], after: DraftState, at: float, *, patch: str | None = None
    ) -> bool:
        """Change how a draft stands, if it stands as in `before`; tell whether it did.

        Args:
            slug: the draft.
            before: of two who press at once only one finds it so.
            after: its new state.
            at: Unix time.
            patch: of one that is accepted.
        """
        values: dict[str, Any] = {"state": after, "changed": at, "patch": patch}
        mine = (drafts.c.slug == slug, drafts.c.state.in_(before))
        async with self._database.writing() as connection:
            return (await connection.execute(update(drafts).where(*mine).values(values))).rowcount == 1

    async def posted(self, slug: str, channel_id: int, message_id: int) -> None:
        """Save which message shows a draft."""
        where = {"channel_id": channel_id, "message_id": message_id}
        async with self._database.writing() as connection:
            await connection.execute(update(drafts).where(drafts.c.slug == slug).values(where))

    async def prune(self, now: float) -> list[str]:
        """Forget the drafts that were dropped long ago; return their slugs."""
        old = (drafts.c.state == "dropped", drafts.c.changed < now - DROPPED_S)
        async with self._database.writing() as connection:
            slugs = list((await connection.execute(select(drafts.c.slug).where(*old))).scalars())
            await connection.execute(delete(drafts).where(*old))
        return slugs


async def _within_limits(connection: AsyncConnection, draft: Draft) -> None:
    live = drafts.c.state.in_(_LIVE)

    async def count(*which: Any) -> int:  # noqa: ANN401 - SQL expressions
        return int((await connection.execute(select(func.count()).select_from(drafts).where(*which))).scalar_one())

    if await count(live) >= ALL_MOST:
        raise Refusal("drafting.refused.many")
    if draft.owner_id is None:
        return
    mine = select(drafts.c.made).where(drafts.c.owner_id == draft.owner_id, drafts.c.made > draft.made - MEMBER_S)
    last = list((await connection.execute(mine.order_by(drafts.c.made.desc()).limit(MEMBER_MOST))).scalars())
    if len(last) == MEMBER_MOST:
        raise Refusal("drafting.refused.often", until=int(last[-1] + MEMBER_S) + 1)
    of_members = (live, drafts.c.owner_id.is_not(None), drafts.c.guild_id == draft.guild_id)
    if await count(*of_members) >= SERVER_MOST:
        raise Refusal("drafting.refused.many")


def _draft(row: Mapping[Any, Any]) -> Draft:
    return Draft(
        row["slug"], row["guild_id"], row["owner_id"], row["lang"], _asks(row["asks"], row["slug"]), row["note"],
        row["state"], row["made"], row["channel_id"], row["message_id"], row["patch"],
    )  # fmt: skip


def _asks(document: Any, slug: str) -> dict[Lang, tuple[str, ...]]:  # noqa: ANN401 - what JSON held
    if not isinstance(document, dict):
        log.error("the questions of the draft %s are damaged and read as empty", slug)
        return {}
    return {lang: tuple(map(str, document[lang])) for lang in LANGS if isinstance(document.get(lang), list)}
