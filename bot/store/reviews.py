"""Spaced repetition: one card for each member and item, a log of all answers, and the days with an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database, upsert
from bot.store.tables import activity, cards, reviews
from bot.study.cards import Card, CardChange, Review, ReviewStep


class Reviews:
    """Cards and their history."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, given: Sequence[Review], step: ReviewStep) -> list[Card]:
        """Log reviews and move their cards on, all or nothing.

        Args:
            given: any number, each from a source of its own for its member.
            step: the scheduler; called within the transaction, so that no other review comes between.

        Returns:
            The cards that moved; those of reviews that were logged before are not among them.
        """
        if not given:
            return []
        async with self._database.writing() as connection:
            new = await _unlogged(connection, given)
            if not new:
                return []
            before = await _states(connection, new)
            moved: dict[tuple[int, str, str], Card] = {}
            for review in new:
                key = (review.member_id, review.topic, review.item)
                state, due = step(moved[key].state if key in moved else before.get(key), review)
                moved[key] = Card(*key, state, due)
            rows = [
                {"member_id": r.member_id, "topic": r.topic, "item": r.item, "rating": r.rating, "source": r.source,
                 "at": r.at}
                for r in new
            ]  # fmt: skip
            await connection.execute(insert(reviews), rows)
            changed = [
                {"member_id": c.member_id, "topic": c.topic, "item": c.item, "state": c.state, "due": c.due}
                for c in moved.values()
            ]
            await connection.execute(upsert(connection, cards, changed, update=["state", "due"]))
            await _count(connection, new)
        return list(moved.values())

    async def amend(self, member_id: int, topic: str, item: str, change: CardChange) -> Card | None:
        """Change a card without a review, and return it; None where there is none, or nothing to change.

        Args:
            member_id: whose.
            topic: of the item.
            item: its id.
            change: state → (state, when it is due), or None; called within the transaction.
        """
        mine = (cards.c.member_id == member_id) & (cards.c.topic == topic) & (cards.c.item == item)
        async with self._database.writing() as connection:
            state = (await connection.execute(select(cards.c.state).where(mine))).scalar_one_or_none()
            if state is None or (changed := change(state)) is None:
                return None
            await connection.execute(update(cards).where(mine).values(state=changed[0], due=changed[1]))
            return Card(member_id, topic, item, *changed)

    async def bring_forward(self, card: Card) -> None:
        """Let a member's card be due no later than `card`; keep `card` itself where there is none of the item."""
        row = {"member_id": card.member_id, "topic": card.topic, "item": card.item}
        mine = (cards.c.member_id == card.member_id) & (cards.c.topic == card.topic) & (cards.c.item == card.item)
        async with self._database.writing() as connection:
            if (await connection.execute(select(cards.c.due).where(mine))).first() is None:
                await connection.execute(insert(cards).values(**row, state=card.state, due=card.due))
            else:
                await connection.execute(update(cards).where(mine, cards.c.due > card.due).values(due=card.due))

    async def due(self, member_id: int, now: float, limit: int | None = 20) -> list[Card]:
        """Return a member's cards that are due, the longest overdue first."""
        mine = (cards.c.member_id == member_id) & (cards.c.due <= now)
        query = select(cards).where(mine).order_by(cards.c.due, cards.c.topic, cards.c.item).limit(limit)
        return await self._cards(query)

    async def cards(self, member_id: int) -> list[Card]:
        """Return all of a member's cards."""
        query = select(cards).where(cards.c.member_id == member_id).order_by(cards.c.topic, cards.c.item)
        return await self._cards(query)

    async def card(self, member_id: int, topic: str, item: str) -> Card | None:
        """Return one card, None for an item that was never answered."""
        mine = (cards.c.member_id == member_id) & (cards.c.topic == topic) & (cards.c.item == item)
        found = await self._cards(select(cards).where(mine))
        return found[0] if found else None

    async def count_due(self, member_id: int, now: float) -> int:
        """Return how many of a member's cards are due."""
        query = select(func.count()).select_from(cards).where(cards.c.member_id == member_id, cards.c.due <= now)
        async with self._database.reading() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def due_times(self, member_id: int) -> dict[tuple[str, str], float]:
        """Return when each of a member's cards is due, by (topic, item)."""
        query = select(cards.c.topic, cards.c.item, cards.c.due).where(cards.c.member_id == member_id)
        async with self._database.reading() as connection:
            return {(row.topic, row.item): row.due for row in await connection.execute(query)}

    async def days(self, member_id: int) -> dict[date, int]:
        """Return how many answers a member gave on each day, the newest day first."""
        query = select(activity.c.day, activity.c.answers).where(activity.c.member_id == member_id)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(activity.c.day.desc()))).all()
        return {row.day: row.answers for row in rows}

    async def log(self, member_id: int, since: float = 0.0) -> list[tuple[str, str, int, float]]:
        """Return (topic, item, rating, time) of a member's reviews since then, oldest first."""
        columns = (reviews.c.topic, reviews.c.item, reviews.c.rating, reviews.c.at)
        query = select(*columns).where(reviews.c.member_id == member_id, reviews.c.at >= since)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(reviews.c.at, reviews.c.id))).all()
        return [(row.topic, row.item, row.rating, row.at) for row in rows]

    async def _cards(self, query: Any) -> list[Card]:  # noqa: ANN401 - a select of any columns
        async with self._database.reading() as connection:
            return [Card(**dict(row)) for row in (await connection.execute(query)).mappings()]


async def _unlogged(connection: AsyncConnection, given: Sequence[Review]) -> list[Review]:
    by_key = {(review.member_id, review.source): review for review in given}
    key = tuple_(reviews.c.member_id, reviews.c.source)
    logged = await connection.execute(select(reviews.c.member_id, reviews.c.source).where(key.in_(list(by_key))))
    for row in logged:
        del by_key[row.member_id, row.source]
    return list(by_key.values())


async def _states(connection: AsyncConnection, given: Sequence[Review]) -> dict[tuple[int, str, str], dict[str, Any]]:
    wanted = {(review.member_id, review.topic, review.item) for review in given}
    key = tuple_(cards.c.member_id, cards.c.topic, cards.c.item)
    found = await connection.execute(select(cards).where(key.in_(sorted(wanted))))
    return {(row.member_id, row.topic, row.item): row.state for row in found}


async def _count(connection: AsyncConnection, given: Sequence[Review]) -> None:
    counts: dict[tuple[int, date], int] = {}
    for review in given:
        counts[review.member_id, review.day] = counts.get((review.member_id, review.day), 0) + 1
    rows = [{"member_id": member, "day": day, "answers": number} for (member, day), number in counts.items()]
    await connection.execute(upsert(connection, activity, rows, add=["answers"]))
