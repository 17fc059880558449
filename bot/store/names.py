"""Moves stored data to the present names of topics and quiz items that were renamed."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from sqlalchemy import ColumnElement, Delete, Table, and_, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.tables import cards, daily, drill_attempts, duels, feedback, pairs, reviews, round_questions, saved
from knowledge.bank.formerly import Renamed

log = logging.getLogger(__name__)

#: Tables that name items. The text of a question, which is kept too, stays as it was asked.
_OF_ITEMS = (cards, reviews, round_questions, daily, drill_attempts, duels, pairs)
#: Tables that name topics and no items.
_OF_TOPICS = (feedback, saved)
#: Those of which a member has one row an item.
_ONE_EACH = (cards, drill_attempts)


class Names:
    """The names under which topics and items are kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def follow(self, renamed: Renamed) -> int:
        """Move all that is kept under old names to those of today, and return how many rows that were.

        Where a member has a card under both names, the one of today stays: it was answered last.
        """
        if not renamed.topics and not renamed.items:
            return 0
        moved = 0
        async with self._database.reading() as connection:
            there = {table.name: await _kept(connection, table) for table in _OF_ITEMS}
            named = [await connection.scalars(select(table.c.topic).distinct()) for table in _OF_TOPICS]
            tables = {topic for each in named for topic in each}
        moves = {name: dict(_moves(kept, renamed)) for name, kept in there.items()}
        topics = {old: new for old, new in renamed.topics.items() if old in tables}
        if not topics and not any(moves.values()):
            return 0
        async with self._database.writing() as connection:
            for table in _OF_ITEMS:
                for (topic, item), (new_topic, new_item) in moves[table.name].items():
                    old = and_(table.c.topic == topic, table.c.item == item)
                    if table in _ONE_EACH:
                        await _drop_doubles(connection, table, old, new_topic, new_item)
                    done = await connection.execute(update(table).where(old).values(topic=new_topic, item=new_item))
                    moved += done.rowcount
            for old_topic, new_topic in topics.items():
                await connection.execute(_saved_twice(old_topic, new_topic))
                for table in _OF_TOPICS:
                    done = await connection.execute(
                        update(table).where(table.c.topic == old_topic).values(topic=new_topic)
                    )
                    moved += done.rowcount
        log.info("%d rows follow topics and quiz items that have other names by now", moved)
        return moved


def _saved_twice(old_topic: str, new_topic: str) -> Delete:
    """Return what deletes the saved places of a former topic that were saved under its name of today, too."""
    today = saved.alias()
    same = (today.c[name] == saved.c[name] for name in ("member_id", "section", "unit"))
    double = exists().where(today.c.topic == new_topic, *same)
    return delete(saved).where(saved.c.topic == old_topic, double)


async def _kept(connection: AsyncConnection, table: Table) -> list[tuple[str, str]]:
    rows = await connection.execute(select(table.c.topic, table.c.item).distinct())
    return [(row.topic, row.item) for row in rows]


def _moves(kept: list[tuple[str, str]], renamed: Renamed) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    for topic, item in kept:
        if (new := renamed.items.get((topic, item))) is not None:
            yield (topic, item), new
        elif (slug := renamed.topics.get(topic)) is not None:
            yield (topic, item), (slug, item)


async def _drop_doubles(
    connection: AsyncConnection, table: Table, old: ColumnElement[bool], topic: str, item: str
) -> None:
    today = table.alias()
    double = exists().where(today.c.member_id == table.c.member_id, today.c.topic == topic, today.c.item == item)
    await connection.execute(delete(table).where(old, double))
