"""What all tests share."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import settings

from bot.wording.translation import speak
from runners.probe import choose_wall
from tests.postgres import BOTH, Postgres, running_postgres

# A busy machine makes single examples slow; pytest's own time limit still holds.
settings.register_profile("epoch", deadline=None)
settings.load_profile("epoch")


def pytest_configure(config: pytest.Config) -> None:
    """Let no test, and nothing a test starts, find what the one who runs them has learned."""
    home = tempfile.TemporaryDirectory(prefix="epoch-tests-")
    config.add_cleanup(home.cleanup)
    os.environ["EPOCH_DATA_DIR"] = os.environ["XDG_DATA_HOME"] = home.name
    hear_interrupts()


def hear_interrupts() -> None:
    """Undo what `nohup … &` does: SIGINT would be ignored in every process that a test starts and then interrupts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


_numbers = count()


@pytest.fixture(autouse=True)
def data_dir(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder for each test, which is made when something is kept."""
    folder = Path(os.environ["XDG_DATA_HOME"]) / str(next(_numbers))
    monkeypatch.setenv("EPOCH_DATA_DIR", str(folder))
    return folder


@pytest.fixture(autouse=True)
def errors_in_english() -> Iterator[None]:
    """What a test lets the process say in Chinese, the next one hears in English again."""
    yield
    speak("en")


@pytest.fixture(scope="session")
def wall_works() -> bool:
    """Whether programs that are no unmodified example of the bank run on this machine, as the probe finds it."""
    return choose_wall().wall != "trusted"


@pytest.fixture
def needs_wall(wall_works: bool) -> None:
    """What a test asks for that runs such a program. What the program under test says is no reason to skip it."""
    if not wall_works:
        pytest.skip("no wall works on this machine")


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
