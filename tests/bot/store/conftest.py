"""The same tests on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.store.store import Store
from bot.store.tables import metadata
from tests.postgres import BOTH, Postgres


@pytest.fixture(scope="session")
def used() -> list[str]:
    """The one database on the server that the tests of the repositories share, once it is made."""
    return []


@pytest_asyncio.fixture(params=BOTH)
async def store(request: pytest.FixtureRequest, tmp_path: Path, used: list[str]) -> AsyncIterator[Store]:
    """An open store with nothing in it."""
    if request.param == "sqlite":
        async with await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}") as opened:
            yield opened
        return
    server: Postgres = request.getfixturevalue("postgres")
    if not used:
        used.append(await server.new_database())
    async with await Store.open(used[0]) as opened:
        async with opened.database.writing() as connection:
            names = ", ".join(table.name for table in metadata.sorted_tables)
            await connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        yield opened
