"""Where Epoch keeps what was learned: the data folder; an `epoch.db` of the current folder moves there once."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from platformdirs import user_data_path

from bot.settings import Settings
from bot.store.database import read_url
from bot.store.errors import DatabaseUnavailable
from bot.store.location import open_store
from bot.store.store import Store
from bot.study.learning import TERMINAL
from tests.bot.cli.test_cli import epoch, one_line


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(**more: object) -> Settings:
    return Settings(_env_file=None, **more)  # type: ignore[call-arg,arg-type]


def leave_behind(folder: Path) -> None:
    """Keep a member's language in an `epoch.db` in `folder`, as older versions did."""

    async def keep() -> None:
        async with await Store.open(f"sqlite+aiosqlite:///{folder / 'epoch.db'}") as store:
            await store.members.set_lang(TERMINAL, "zh", 1.0)

    asyncio.run(keep())


def kept_in(url: str) -> str | None:
    async def look() -> str | None:
        async with await Store.open(url) as store:
            return (await store.members.get(TERMINAL)).lang

    return asyncio.run(look())


async def open_and_close(read: Settings) -> None:
    async with await open_store(read):
        pass


def test_by_default_all_is_kept_in_the_systems_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EPOCH_DATA_DIR")
    read = settings()
    assert read.data_dir == user_data_path("epoch")
    assert read.run_dir == read.data_dir / "runs"
    assert read.default_database == read.data_dir / "epoch.db"


@pytest.mark.parametrize("name", ["plain", "学习 资料", "what?", "100%25", "a#b"])
def test_any_name_of_the_data_folder_is_a_database_that_can_be_opened(name: str, here: Path) -> None:
    read = settings(data_dir=here / name)
    assert read_url(read.database_url).database == str(here / name / "epoch.db")
    asyncio.run(open_and_close(read))
    assert (here / name / "epoch.db").exists()
    assert {path.name for path in here.iterdir()} == {name}


def test_a_tilde_in_a_dotenv_is_the_home_folder(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(here))
    assert settings(data_dir="~/kept").data_dir == here / "kept"


def test_the_host_may_choose_another_database(here: Path) -> None:
    assert settings(database_url="sqlite+aiosqlite:///epoch.db").default_database is None


def test_a_database_of_the_current_folder_is_taken_over_once_with_all_it_holds(
    here: Path, caplog: pytest.LogCaptureFixture
) -> None:
    leave_behind(here)
    read = settings()
    asyncio.run(open_and_close(read))
    assert not list(here.glob("epoch.db*"))
    assert kept_in(read.database_url) == "zh"
    (told,) = caplog.messages
    assert str(here / "epoch.db") in told
    assert str(read.data_dir / "epoch.db") in told
    asyncio.run(open_and_close(read))
    assert len(caplog.messages) == 1


def test_what_stands_only_in_the_log_of_a_killed_program_is_taken_over(here: Path) -> None:
    leave_behind(here)
    killed = here / "killed"
    killed.mkdir()
    with closing(sqlite3.connect(here / "epoch.db")) as database:
        database.execute("UPDATE members SET lang = 'en'")
        database.commit()
        assert (here / "epoch.db-wal").stat().st_size
        for file in here.glob("epoch.db*"):
            shutil.copy(file, killed)
    os.chdir(killed)
    read = settings()
    asyncio.run(open_and_close(read))
    assert kept_in(read.database_url) == "en"
    assert not list(killed.iterdir())


def test_a_database_that_is_in_use_stays_and_the_start_says_so(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.location._BUSY_S", 0)
    leave_behind(here)
    read = settings()
    with closing(sqlite3.connect(here / "epoch.db")) as other:
        other.execute("SELECT * FROM members").fetchall()
        with pytest.raises(DatabaseUnavailable, match="locked; end what uses it"):
            asyncio.run(open_and_close(read))
    assert not list(read.data_dir.iterdir()), "neither a second database nor half a copy"
    asyncio.run(open_and_close(read))
    assert kept_in(read.database_url) == "zh"


def test_a_database_of_the_data_folder_is_never_replaced(here: Path, caplog: pytest.LogCaptureFixture) -> None:
    read = settings()
    read.data_dir.mkdir(parents=True)
    leave_behind(read.data_dir)
    leave_behind(here)
    with closing(sqlite3.connect(here / "epoch.db")) as old:
        old.execute("UPDATE members SET lang = 'en'")
        old.commit()
    asyncio.run(open_and_close(read))
    assert kept_in(read.database_url) == "zh"
    assert (here / "epoch.db").exists()
    assert "is not used" in caplog.text


def test_another_programs_file_of_that_name_is_left_alone(here: Path) -> None:
    with closing(sqlite3.connect(here / "epoch.db")) as theirs:
        theirs.execute("CREATE TABLE alembic_version (version_num TEXT)")
    before = (here / "epoch.db").read_bytes()
    asyncio.run(open_and_close(settings()))
    (here / "epoch.db").write_text("round_players: notes on a game")
    asyncio.run(open_and_close(settings(data_dir=here / "other")))
    assert before.startswith(b"SQLite")
    assert (here / "epoch.db").read_text().endswith("game")


def test_a_data_folder_that_cannot_be_made_is_one_line(here: Path) -> None:
    (here / "file").write_text("in the way")
    result = epoch("review", cwd=here, env={"EPOCH_DATA_DIR": str(here / "file" / "epoch")})
    assert result.returncode == 1
    assert "EPOCH_DATA_DIR" in one_line(result)


def test_the_terminal_tells_that_it_took_a_database_over_and_the_doctor_foretells_it(
    here: Path, data_dir: Path
) -> None:
    leave_behind(here)
    doctor = epoch("doctor", cwd=here)
    assert f"taken over from {here / 'epoch.db'}" in doctor.stdout
    assert (here / "epoch.db").exists()
    result = epoch("review", "--lang", "en", cwd=here, stdin="/quit\n")
    assert result.returncode == 0
    assert str(data_dir / "epoch.db") in one_line(result)
    assert not list(here.iterdir())
