"""What the host orders by `epoch admin` while other processes serve, and whom they do not answer.

`epoch admin` → a row → every process that serves, within seconds → done

What one of several processes has done that concerns the others, too, is a row that is done from the first.

A process that starts finds what nobody has done yet. What is done stays for an hour, so that all have seen it, and so
does the id of who was forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import delete, insert, or_, select, update

from bot.store.database import Database, upsert
from bot.store.tables import blocks, orders

OrderKind = Literal["end_round", "forget_member", "forget_server", "blocks", "commands"]
Who = Literal["member", "server"]

#: How long what is done stays, and what nobody ever did.
_DONE_S, _UNDONE_S = 3_600.0, 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Order:
    """One thing to do.

    Attributes:
        id: its number, higher than those of all earlier ones.
        kind: what to do.
        target: the round, member or server that it is about.
        done: when it was done, Unix time; None as long as nobody has.
        rows: how many rows were deleted by it.
    """

    id: int
    kind: OrderKind
    target: int | None
    done: float | None
    rows: int | None


@dataclass(frozen=True, slots=True)
class Block:
    """Somebody whom Epoch does not answer, since Unix time `at`."""

    kind: Who
    blocked_id: int
    at: float


class HostOrders:
    """Orders, and blocks.

    Attributes:
        announced: numbers of what this process did and told the others, until it has come across them itself.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.announced: set[int] = set()

    async def give(self, kind: OrderKind, target: int | None, at: float) -> int:
        """Give an order and return its number; those that all have seen are deleted."""
        old = or_(orders.c.done < at - _DONE_S, orders.c.given < at - _UNDONE_S)
        async with self._database.writing() as connection:
            await connection.execute(delete(orders).where(old))
            made = insert(orders).values(kind=kind, target=target, given=at).returning(orders.c.id)
            return int((await connection.execute(made)).scalar_one())

    async def announce(self, kind: OrderKind, target: int, at: float, rows: int) -> None:
        """Tell the other processes what this one has done, so that they do their part of it."""
        made = insert(orders).values(kind=kind, target=target, given=at, done=at, rows=rows).returning(orders.c.id)
        async with self._database.writing() as connection:
            self.announced.add(int((await connection.execute(made)).scalar_one()))

    async def waiting(self) -> list[Order]:
        """Return what nobody has done yet, the oldest first."""
        return await self._read(orders.c.done.is_(None))

    async def after(self, order_id: int) -> list[Order]:
        """Return what was ordered after the order of that number, done or not, the oldest first."""
        return await self._read(orders.c.id > order_id)

    async def get(self, order_id: int) -> Order | None:
        """Return one order; None for one that was deleted."""
        return next(iter(await self._read(orders.c.id == order_id)), None)

    async def newest(self) -> int:
        """Return the number of the last order; 0 where there is none."""
        async with self._database.reading() as connection:
            found = await connection.scalar(select(orders.c.id).order_by(orders.c.id.desc()).limit(1))
        return found or 0

    async def finish(self, order_id: int, at: float, rows: int | None = None) -> bool:
        """Note that an order is done, or taken on; False where somebody else was first."""
        mine = (orders.c.id == order_id) & orders.c.done.is_(None)
        async with self._database.writing() as connection:
            return bool((await connection.execute(update(orders).where(mine).values(done=at, rows=rows))).rowcount)

    async def prune(self, at: float) -> None:
        """Delete what all have seen, and with it the ids of who was forgotten."""
        async with self._database.writing() as connection:
            await connection.execute(delete(orders).where(orders.c.done < at - _DONE_S))

    async def block(self, kind: Who, blocked_id: int, at: float) -> None:
        """Answer somebody no more; who is blocked already stays so."""
        row = {"kind": kind, "blocked_id": blocked_id, "at": at}
        async with self._database.writing() as connection:
            await connection.execute(upsert(connection, blocks, [row]))

    async def unblock(self, kind: Who, blocked_id: int) -> bool:
        """Answer somebody again; False where they were not blocked."""
        theirs = (blocks.c.kind == kind) & (blocks.c.blocked_id == blocked_id)
        async with self._database.writing() as connection:
            return bool((await connection.execute(delete(blocks).where(theirs))).rowcount)

    async def blocked(self) -> list[Block]:
        """Return who is blocked, the newest first."""
        query = select(blocks).order_by(blocks.c.at.desc(), blocks.c.blocked_id)
        async with self._database.reading() as connection:
            return [Block(**dict(row)) for row in (await connection.execute(query)).mappings()]

    async def _read(self, condition: object) -> list[Order]:
        columns = (orders.c.id, orders.c.kind, orders.c.target, orders.c.done, orders.c.rows)
        query = select(*columns).where(condition).order_by(orders.c.id)  # type: ignore[arg-type]
        async with self._database.reading() as connection:
            return [Order(**dict(row)) for row in (await connection.execute(query)).mappings()]
