"""Backups: everything, in one state, into either kind of database; a bad one changes nothing."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    SmallInteger,
    Table,
    insert,
    select,
    text,
)

from bot.store import backup
from bot.store.database import Database, read_url
from bot.store.errors import BackupError, DamagedDatabase, NewerDatabase
from bot.store.migrate import migrate, scripts
from bot.store.store import Store
from bot.store.tables import metadata
from tests.postgres import Postgres, find

Content = dict[str, list[tuple[Any, ...]]]
ODD = "é 文'\"\\\n\u2028😀 "


def value(column: Column[Any], number: int) -> Any:  # noqa: ANN401 - of any column
    """A value that a column takes, another for each number; documents and what may be empty are so now and then."""
    if column.foreign_keys:
        return number
    match column.type:
        case _ if column.nullable and number == 2:
            return None
        case JSON():
            return [{"a": [1.5, ODD, None, True]}, [], "", 0][number % 4]
        case Boolean():
            return number % 2 == 0
        case SmallInteger():
            return number
        case Date():
            return date(2026, 1, 1) + timedelta(days=number)
        case Double():
            return 1e9 / 7 + number
        case BigInteger():
            return number if column.name == "id" else 2**62 + number
    if column.type.python_type is int:
        return number
    length = getattr(column.type, "length", None) or 100
    return f"{number}{ODD * 8}"[:length]


async def fill(database: Database) -> None:
    """Put rows into every table there is, whatever its name."""
    async with database.writing() as connection:
        for table in metadata.sorted_tables:
            rows = [{column.name: value(column, number) for column in table.c} for number in (1, 2, 3)]
            await connection.execute(insert(table), rows)
            if database.kind == "postgresql" and "id" in table.c and table.autoincrement_column is not None:
                await connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), 3)"))


async def content(database: Database) -> Content:
    async with database.reading() as connection:
        return {table.name: [tuple(row) for row in await connection.execute(ordered(table))] for table in
                metadata.sorted_tables}  # fmt: skip


def ordered(table: Table) -> Any:  # noqa: ANN401 - a select
    return select(table).order_by(*table.primary_key.columns)


@pytest.fixture
async def other(url: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An empty database of the other kind, where there is one."""
    if url.startswith("sqlite") and find("initdb"):
        server: Postgres = request.getfixturevalue("postgres")
        return await server.new_database()
    return f"sqlite+aiosqlite:///{tmp_path / 'other.db'}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept.zip"


async def test_all_tables_go_into_the_other_kind_of_database_and_their_numbers_go_on(
    url: str, other: str, file: Path
) -> None:
    async with await Store.open(url) as store:
        await fill(store.database)
        before = await content(store.database)
        async with store.database.writing() as connection:  # others go on meanwhile, and what they change is not seen
            await connection.execute(text("DELETE FROM cards"))
            made = await backup.write(store.database, file)
    assert file.stat().st_mode & 0o077 == 0, "for its owner alone"
    assert all(len(rows) == 3 for rows in before.values())
    assert made.tables == dict.fromkeys(metadata.tables, 3), "a table was forgotten"
    target = Database(read_url(other))
    restored = await backup.restore(target, file)
    assert (restored.manifest, restored.kept) == (made, None)
    assert await content(target) == before
    await target.close()
    async with await Store.open(other) as store, store.database.writing() as connection:
        for name in ("rounds", "reviews", "daily"):
            row = {c.name: value(c, 4) for c in metadata.tables[name].c if c.name != "id"}
            new = await connection.execute(insert(metadata.tables[name]).values(**row).returning(text("id")))
            assert new.scalar_one() == 4, name


async def test_a_snapshot_sees_one_state_whatever_is_written_meanwhile(url: str) -> None:
    async with await Store.open(url) as store:
        async with store.database.snapshot() as connection:
            await connection.execute(text("SELECT 1 FROM cards"))
            await store.members.set_zone(1, "UTC", 0.0)
            assert (await connection.execute(text("SELECT count(*) FROM members"))).scalar_one() == 0
        async with store.database.reading() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM members"))).scalar_one() == 1


async def test_null_and_a_document_that_says_null_stay_apart(url: str, other: str, file: Path) -> None:
    async with await Store.open(url) as store, store.database.writing() as connection:
        row = {"channel_id": 1, "lang": "en", "began": 1.0, "state": None}
        await connection.execute(insert(metadata.tables["rounds"]).values(**row))
        await connection.execute(
            text("INSERT INTO runs (id, channel_id, member_id, lang, began) VALUES ('1', 1, 1, 'en', 1.0)")
        )
    source, target = Database(read_url(url)), Database(read_url(other))
    await backup.write(source, file)
    await source.close()
    await backup.restore(target, file)
    async with target.reading() as connection:
        found = await connection.execute(text("SELECT CAST(state AS TEXT) FROM rounds"))
        assert found.scalar_one() == "null"
        assert (await connection.execute(text("SELECT count(*) FROM runs WHERE asked IS NULL"))).scalar_one() == 1
    await target.close()


async def test_what_is_there_is_replaced_only_when_asked_and_backed_up_first(url: str, tmp_path: Path) -> None:
    first, aside = tmp_path / "first.zip", tmp_path / "aside.zip"
    database = Database(read_url(url))
    await migrate(database)
    await fill(database)
    full = await content(database)
    await backup.write(database, first)
    async with database.writing() as connection:
        await connection.execute(text("DELETE FROM cards"))
        await connection.execute(text("CREATE TABLE strangers (x INTEGER)"))
    changed = await content(database)
    await database.close()
    with pytest.raises(BackupError, match="is not empty; `epoch restore FILE --replace`"):
        await backup.restore(database, first)
    assert await content(database) == changed
    await database.close()
    restored = await backup.restore(database, first, aside=aside)
    assert restored.kept == aside
    assert await content(database) == full
    async with database.reading() as connection:
        await connection.execute(text("SELECT x FROM strangers"))  # of another program: neither kept nor dropped
    await database.close()
    await backup.restore(database, aside, aside=tmp_path / "again.zip")
    assert await content(database) == changed
    await database.close()


async def test_a_database_in_use_is_refused(url: str, file: Path) -> None:
    async with await Store.open(url) as store:
        await store.members.set_zone(1, "UTC", 0.0)
        await backup.write(store.database, file)
        target = Database(read_url(url))
        with pytest.raises(BackupError, match="is in use; stop `epoch serve`"):
            await backup.restore(target, file, aside=file.with_name("aside.zip"))
        await target.close()


async def test_an_older_backup_is_brought_up_to_date(url: str, other: str, file: Path) -> None:
    old = Database(read_url(url))
    await migrate(old, to="0002")
    async with old.writing() as connection:
        columns = "lang, key, question, nearest, count, first_at, last_at"
        await connection.execute(
            text(f"INSERT INTO gaps ({columns}) VALUES ('en', 'k', 'an old one', '[\"rnn\"]', 3, 1, 1)")
        )
    await backup.write(old, file)
    await old.close()
    target = Database(read_url(other))
    await backup.restore(target, file)
    await target.close()
    async with await Store.open(other) as store:
        assert [(gap.question, gap.nearest) for gap in await store.gaps.all()] == [("an old one", ("rnn",))]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of some rows, and its backup."""
    folder = tmp_path_factory.mktemp("made")

    async def make() -> None:
        database = Database(read_url(f"sqlite+aiosqlite:///{folder / 'source.db'}"))
        await migrate(database)
        await fill(database)
        await backup.write(database, folder / "kept.zip")
        await database.close()

    asyncio.run(make())
    return folder


@pytest.fixture
def kept(made: Path, tmp_path: Path) -> Path:
    """A backup with some rows; `source.db` beside it has them, too."""
    for name in ("source.db", "kept.zip"):
        shutil.copy(made / name, tmp_path)
    return tmp_path / "kept.zip"


def _changed(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def spoil(file: Path) -> None:
        with zipfile.ZipFile(file) as archive:
            parts = {each: archive.read(each) for each in archive.namelist()}
        parts[name] = change(parts[name])
        with zipfile.ZipFile(file, "w") as archive:
            for each, written in parts.items():
                archive.writestr(each, written)

    return spoil


def _said(**changes: object) -> Callable[[Path], None]:
    return _changed(backup.MANIFEST, lambda old: json.dumps(json.loads(old) | changes).encode())


def _flip(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        largest = max(archive.infolist(), key=lambda each: each.compress_size)
    written = bytearray(file.read_bytes())
    # In what it holds: in a header it may be the time of day, which nobody reads.
    written[largest.header_offset + 30 + len(largest.filename) + largest.compress_size // 2] ^= 0xFF
    file.write_bytes(written)


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut off": (lambda file: file.write_bytes(file.read_bytes()[:-2000]), "damaged or cut off"),
    "a byte flipped": (_flip, "is damaged"),
    "something else": (lambda file: file.write_text("a shopping list"), "is no backup of Epoch"),
    "empty": (lambda file: file.write_bytes(b""), "is no backup of Epoch"),
    "another zip": (_said(format="photos"), "is no backup of Epoch"),
    "of a newer version": (_said(revision="9999"), "newer version of Epoch .revision 9999."),
    "in a newer format": (_said(version=2), "newer version of Epoch"),
    "a table less": (_said(tables={"cards": 3}), "lacks tables"),
    "no numbers": (_said(tables=5), "damaged or cut off"),
    "a row less": (_changed("tables/cards.jsonl", lambda old: old[: old[:-1].rindex(b"\n") + 1]), "is as it was"),
    "half a row": (_changed("tables/cards.jsonl", lambda old: old[:-5]), "is as it was"),
    "a row that does not fit": (
        _changed("tables/reviews.jsonl", lambda old: old.replace(b'"rating"', b'"rated"')), "is as it was",
    ),
    "a row against the rules": (_changed("tables/keys.jsonl", lambda _: b'["name","value"]\n["a","b"]\n'), "as it was"),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "says"), SPOILT.values(), ids=SPOILT)
async def test_a_bad_backup_is_told_in_one_line_and_changes_nothing(
    kept: Path, tmp_path: Path, spoil: Callable[[Path], object], says: str
) -> None:
    spoil(kept)
    database = Database(read_url(f"sqlite+aiosqlite:///{tmp_path / 'source.db'}"))
    before = await content(database)
    await database.close()
    with pytest.raises(BackupError, match=says) as error:
        await backup.restore(database, kept, aside=tmp_path / "aside.zip")
    assert "\n" not in str(error.value)
    assert await content(database) == before
    await database.close()


KILLED = """
import asyncio, os, sys
from pathlib import Path
from bot.store import backup
from bot.store.database import Database, read_url
whole = backup.upgrade
def upgrade(connection, to):
    if to == "head":
        os.kill(os.getpid(), 9)
    whole(connection, to)
backup.upgrade = upgrade
asyncio.run(backup.restore(Database(read_url(sys.argv[1])), Path(sys.argv[2]), aside=Path(sys.argv[3])))
"""


async def test_a_restore_that_is_killed_leaves_the_old_state(url: str, kept: Path, tmp_path: Path) -> None:
    async with await Store.open(url) as store:
        await store.members.set_zone(7, "UTC", 0.0)
    arguments = (url, str(kept), str(tmp_path / "aside.zip"))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, *arguments)
    assert await process.wait() == -9
    async with await Store.open(url) as store:
        assert (await store.members.get(7)).zone == "UTC"
        assert await store.reviews.cards(2**62 + 1) == []


def scramble(file: Path) -> None:
    """Fill a page of a table in the middle of the file with nonsense."""
    with sqlite3.connect(file) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'cards'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    with file.open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(b"\x5a" * size)


@pytest.fixture
def damaged(kept: Path) -> Path:
    file = kept.with_name("source.db")
    scramble(file)
    return file


async def test_a_damaged_file_is_told_with_the_way_back_and_set_aside_by_it(damaged: Path, kept: Path) -> None:
    url = f"sqlite+aiosqlite:///{damaged}"
    copy = damaged.with_name("source.db.0003-77.bak")
    with pytest.raises(DamagedDatabase, match="is damaged: .*epoch restore FILE --replace"):
        await Store.open(url, look_through=True)
    copy.touch()
    with pytest.raises(DamagedDatabase, match=f"epoch restore {copy} --replace"):
        await Store.open(url, look_through=True)
    database = Database(read_url(url))
    with pytest.raises(DamagedDatabase):
        await backup.restore(database, kept)
    spoilt = damaged.read_bytes()
    restored = await backup.restore(database, kept, aside=kept.with_name("aside.zip"), clock=lambda: 5.0)
    await database.close()
    assert restored.kept == damaged.with_name("source.db.5.damaged")
    assert restored.kept.read_bytes()[100:] == spoilt[100:], "but for counters in its header"
    async with await Store.open(url, look_through=True) as store:
        assert len(await store.reviews.cards(2**62 + 1)) == 1


async def test_a_damaged_file_stays_where_it_was_when_the_backup_does_not_fit(damaged: Path, kept: Path) -> None:
    spoilt = damaged.read_bytes()
    SPOILT["half a row"][0](kept)
    database = Database(read_url(f"sqlite+aiosqlite:///{damaged}"))
    with pytest.raises(BackupError, match="as it was"):
        await backup.restore(database, kept, aside=kept.with_name("aside.zip"))
    assert damaged.read_bytes()[100:] == spoilt[100:]
    assert [each.name for each in sorted(damaged.parent.iterdir())] == ["kept.zip", "source.db"]


async def test_damage_found_beside_ends_all_use(damaged: Path, caplog: pytest.LogCaptureFixture) -> None:
    database = Database(read_url(f"sqlite+aiosqlite:///{damaged}"))
    await database.look_through(within_s=0.0)
    look = database._look
    assert look is not None
    await asyncio.wait({look})
    with pytest.raises(DamagedDatabase):
        async with database.writing():
            raise AssertionError
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]
    await database.close()


async def test_a_copy_of_a_sqlite_file_is_a_backup_too(kept: Path, tmp_path: Path, url: str) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(tmp_path / "source.db", copy)
    source, target = Database(read_url(f"sqlite+aiosqlite:///{copy}")), Database(read_url(url))
    before = await content(source)
    await source.close()
    await backup.restore(target, copy)
    assert await content(target) == before
    await target.close()
    with sqlite3.connect(copy) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(BackupError, match=f"^{copy} was written by a newer version"):
        await backup.restore(target, copy, aside=tmp_path / "aside.zip")
    with sqlite3.connect(tmp_path / "foreign.db") as connection:
        connection.execute("CREATE TABLE places (x)")
    connection.close()
    with pytest.raises(BackupError, match="foreign.db is no backup of Epoch"):
        await backup.restore(target, tmp_path / "foreign.db", aside=tmp_path / "aside.zip")
    scramble(copy)
    with pytest.raises(BackupError, match="SQLite finds errors"):
        await backup.restore(target, copy, aside=tmp_path / "aside.zip")


async def test_a_database_of_a_newer_version_is_neither_backed_up_nor_replaced(url: str, kept: Path) -> None:
    database = Database(read_url(url))
    await migrate(database)
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase):
        await backup.write(database, kept.with_name("no.zip"))
    await database.close()
    with pytest.raises(NewerDatabase):
        await backup.restore(database, kept, aside=kept.with_name("aside.zip"))
    await database.close()
    assert not kept.with_name("no.zip").exists()


async def test_nothing_to_back_up_and_nowhere_to_write_are_told(tmp_path: Path, kept: Path) -> None:
    missing = tmp_path / "missing.db"
    with pytest.raises(BackupError, match="nothing to back up"):
        await backup.write(Database(read_url(f"sqlite+aiosqlite:///{missing}")), tmp_path / "a.zip")
    assert not missing.exists()
    database = Database(read_url(f"sqlite+aiosqlite:///{tmp_path / 'source.db'}"))
    with pytest.raises(BackupError, match=r"cannot be written: .*; make room for it"):
        await backup.write(database, tmp_path / "source.db" / "a.zip")
    await database.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.database._SETTLE_S", 0.02)


async def test_a_while_after_a_write_the_file_alone_holds_everything(tmp_path: Path, quick: None) -> None:
    file = tmp_path / "epoch.db"

    def copied() -> list[tuple[str]]:
        copy = tmp_path / "copy.db"
        shutil.copy(file, copy)
        with sqlite3.connect(copy) as connection:
            try:
                found: list[tuple[str]] = connection.execute("SELECT zone FROM members").fetchall()
            except sqlite3.OperationalError:  # not even the table
                found = []
        connection.close()
        return found

    async with await Store.open(f"sqlite+aiosqlite:///{file}") as store:
        async with store.database.snapshot() as connection:  # whoever reads is waited for, not broken off
            await connection.execute(text("SELECT 1 FROM members"))
            await store.members.set_zone(1, "UTC", 0.0)
            assert copied() == []
        while copied() != [("UTC",)]:
            await asyncio.sleep(0.01)
        assert file.with_name("epoch.db-wal").stat().st_size == 0


async def test_only_the_newest_copies_of_migrations_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "epoch.db"
    for at in (5, 40, 300, 2000):
        (tmp_path / f"epoch.db.0002-{at}.bak").touch()
    (tmp_path / "epoch.db.mine.bak").touch()
    old = Database(read_url(f"sqlite+aiosqlite:///{file}"))
    await migrate(old, to="0003")
    await migrate(old, clock=lambda: 10_000.0)
    await old.close()
    found = sorted(each.name for each in tmp_path.glob("*.bak"))
    assert found == ["epoch.db.0002-2000.bak", "epoch.db.0002-300.bak", "epoch.db.0003-10000.bak", "epoch.db.mine.bak"]


def test_every_migration_is_known_to_the_backup() -> None:
    for script in scripts().walk_revisions():
        assert set(backup._names(script.revision)) <= set(metadata.tables), "a table went: keep its rows in the backup"
