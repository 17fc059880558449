"""The same tests on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.store.store import Store
from bot.store.tables import metadata
from tests.postgres import Postgres, needs_postgres, running_postgres

BOTH = ["sqlite", pytest.param("postgresql", marks=needs_postgres)]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest_asyncio.fixture(params=BOTH)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return await server.new_database()


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
