"""Secret keys: random bytes, made once for each database and name."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database, upsert
from bot.store.tables import keys


async def made(connection: AsyncConnection, name: str) -> bytes:
    """Return the key called `name`, made now when there was none; the transaction has to be one that writes."""
    await connection.execute(upsert(connection, keys, [{"name": name, "value": secrets.token_hex(32)}]))
    key = await found(connection, name)
    assert key is not None
    return key


async def found(connection: AsyncConnection, name: str) -> bytes | None:
    """Return the key called `name`, None when nobody has needed it yet."""
    value = (await connection.execute(select(keys.c.value).where(keys.c.name == name))).scalar_one_or_none()
    return None if value is None else bytes.fromhex(value)


class Keys:
    """The keys, by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> bytes:
        """Return a key of 32 bytes, the same at every start."""
        async with self._database.writing() as connection:
            return await made(connection, name)
