"""What all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import settings

from tests.postgres import BOTH, Postgres, running_postgres

# A busy machine makes single examples slow; pytest's own time limit still holds.
settings.register_profile("epoch", deadline=None)
settings.load_profile("epoch")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The tests' own server."""
    with running_postgres() as server:
        yield server


@pytest_asyncio.fixture(params=BOTH)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return await server.new_database()
