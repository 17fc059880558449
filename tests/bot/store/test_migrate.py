from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, inspect, select, text

from bot.store.database import Database, read_url
from bot.store.errors import DatabaseUnavailable, DatabaseUrlError, MigrationError, NewerDatabase
from bot.store.migrate import migrate, newest, scripts
from bot.store.runs import CodePieces, FilledForm, RunningRun
from bot.store.store import Store
from bot.store.tables import metadata, rounds, scores
from bot.study.runs import RunRequest

REVISIONS = [script.revision for script in reversed(list(scripts().walk_revisions()))]


async def test_the_migrations_make_exactly_the_schema_of_the_tables(url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    async with await Store.open(url) as store, store.database.writing() as connection:
        assert await connection.run_sync(differences) == []
        await connection.execute(text("ALTER TABLE packs ADD COLUMN stray INTEGER"))
        assert len(await connection.run_sync(differences)) == 1, "a difference would not be seen"


async def test_the_migrations_make_indexes_over_the_rows_that_the_tables_say(url: str) -> None:
    def conditions(connection: Connection) -> dict[str, str]:
        found = {}
        for table in metadata.tables:
            for index in inspect(connection).get_indexes(table):
                where = index.get("dialect_options", {}).get(f"{connection.dialect.name}_where")
                if where is not None:
                    found[str(index["name"])] = str(where).strip("()")
        return found

    told = {str(index.name): index.info["where"] for table in metadata.tables.values() for index in table.indexes
            if "where" in index.info}  # fmt: skip
    assert len(told) == 3
    async with await Store.open(url) as store, store.database.writing() as connection:
        assert await connection.run_sync(conditions) == told
        await connection.execute(text("DROP INDEX uq_rounds_live_channel"))
        await connection.execute(text("CREATE UNIQUE INDEX uq_rounds_live_channel ON rounds (channel_id)"))
        assert await connection.run_sync(conditions) != told, "an index over all rows would not be seen"


def test_the_newest_revision_is_known_by_its_file() -> None:
    assert newest() == scripts().get_current_head()


async def fill(database: Database) -> None:
    async with database.writing() as connection:
        row = {"channel_id": 7, "guild_id": 1, "owner_id": 5, "lang": "zh", "state": {"phase": "over"}, "began": 1.5}
        await connection.execute(insert(rounds).values(id=3, **row))
        points = {"source": "round:3", "member_id": 5, "guild_id": 1, "points": 42, "correct": 2, "asked": 3}
        await connection.execute(insert(scores).values(at=2.5, **points))


@pytest.mark.parametrize("revision", REVISIONS)
async def test_a_database_of_every_older_version_keeps_its_data(url: str, revision: str) -> None:
    old = Database(read_url(url))
    await migrate(old, to=revision)
    await fill(old)
    await old.close()
    async with await Store.open(url) as store:
        saved = await store.rounds.get(3)
        assert saved is not None
        assert (saved.channel_id, saved.lang, saved.state) == (7, "zh", {"phase": "over"})
        assert [standing.points for standing in await store.scores.table(1)] == [42]
        assert await store.packs.names() == []


async def test_daily_questions_that_were_closed_are_told_already(url: str) -> None:
    old = Database(read_url(url))
    await migrate(old, to="0003")
    async with old.writing() as connection:
        columns = "guild_id, day, channel_id, topic, item, content, closed"
        for day, closed in (("2026-01-01", "5.0"), ("2026-01-02", "NULL")):
            await connection.execute(
                text(f"INSERT INTO daily ({columns}) VALUES (1, '{day}', 2, 'gan', 'x', '{{}}', {closed})")
            )
    await old.close()
    async with await Store.open(url) as store:
        (left,) = await store.daily.open()
        assert str(left.day) == "2026-01-02"


async def test_old_questions_without_an_answer_are_kept_and_belong_to_no_server(url: str) -> None:
    old = Database(read_url(url))
    await migrate(old, to="0002")
    row = {"lang": "en", "key": "k" * 64, "question": "an old one", "nearest": '["rnn"]', "count": 3, "at": 1.0}
    async with old.writing() as connection:
        columns = "lang, key, question, nearest, count, first_at, last_at"
        await connection.execute(
            text(f"INSERT INTO gaps ({columns}) VALUES (:lang, :key, :question, :nearest, :count, :at, :at)"), row
        )
    await old.close()
    async with await Store.open(url) as store:
        await store.gaps.note("a new one", "en", [], 2.0, guild_id=7)
        assert [(gap.question, gap.nearest, gap.count) for gap in await store.gaps.all()] == [
            ("an old one", ("rnn",), 3), ("a new one", (), 1),
        ]  # fmt: skip
        assert [gap.question for gap in await store.gaps.of(7)] == ["a new one"]


#: What runs were before 0006, and what each is since: columns of the row, or its being damaged.
ASKED = RunRequest("gan", changes={"RATE": "2"}, counter=True, stdin="a\n", origin="https://discord.com/1").as_json()
WHATS: dict[str, tuple[str | bytes, dict[str, Any] | None]] = {
    "a run that goes on": (json.dumps({**ASKED, "answers": 2**62}), {"asked": ASKED, "answers_id": 2**62}),
    "a run that is over": (
        json.dumps({**ASKED, "answers": 5, "over": True}),
        {"asked": ASKED, "answers_id": 5, "over": True},
    ),
    "a run of the first version": ('{"topic": "gan"}', {"asked": {"topic": "gan"}}),
    "a run of another version": ('{"program": 1}', {"asked": {"program": 1}}),
    "a run of no name": ("{}", {"asked": {}}),
    "a run with a name of another kind": ('{"topic": [1], "answers": "x"}', {"asked": {"topic": [1]}}),
    "pieces of code": (
        json.dumps({"pieces": ["print('一')", ""], "origin": "https://discord.com/2", "over": True}),
        {"over": True, "pieces": CodePieces(("print('一')", ""), "https://discord.com/2")},
    ),
    "a filled form": (
        json.dumps({"form": "epoch:own:-:-", "typed": {"code": "print(1)"}, "over": True}),
        {"over": True, "form": FilledForm("epoch:own:-:-", {"code": "print(1)"})},
    ),
    "pieces that are damaged": ('{"pieces": 5, "over": true}', None),
    "pieces, one of them damaged": ('{"pieces": ["a", 1], "over": true}', None),
    "a form that is damaged": ('{"form": "epoch:own", "typed": null, "over": true}', None),
    "nothing": ("null", None),
    "a list": ("[]", None),
    "a number": ("5", None),
    "a text": ('"text"', None),
    "an interaction that is none": ('{"answers": 100000000000000000000}', {"asked": {}}),
}  # fmt: skip
#: PostgreSQL takes only what is JSON.
TORN: dict[str, tuple[str | bytes, dict[str, Any] | None]] = {
    "no text": ("", None),
    "half a text": ('{"topic": "ga', None),
    "no UTF-8": (b'{"topic": "\xff"}', None),
    "no end of it": ("[" * 100_000, None),
}


async def test_what_was_kept_of_runs_is_carried_into_columns_and_a_damaged_row_holds_up_no_other(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    old = Database(read_url(url))
    await migrate(old, to="0005")
    rows = list((WHATS | TORN if old.kind == "sqlite" else WHATS).values())
    what = f"CAST(:what AS {'JSON' if old.kind == 'postgresql' else 'TEXT'})"
    async with old.writing() as connection:
        columns = "id, guild_id, channel_id, message_id, member_id, lang, what, began"
        for number, (written, _) in enumerate(rows):
            await connection.execute(
                text(f"INSERT INTO runs ({columns}) VALUES (:id, 1, 2, :message, 4, 'zh', {what}, :number)"),
                {"id": f"{number:02x}", "message": 100 + number, "what": written, "number": float(number)},
            )
    await old.close()
    async with await Store.open(url) as store:
        for number, (_, meant) in enumerate(rows):
            kept = await store.runs.get(f"{number:02x}")
            common: Any = (f"{number:02x}", 1, 2, 100 + number, 4, "zh")
            over = '"over": true' in str(rows[number][0])
            expected = {"asked": None, "over": over} if meant is None else {"asked": None, **meant}
            assert kept == RunningRun(*common, began=float(number), **expected)
            lost = f"what was kept for run {number:02x} cannot be read"
            assert (lost in caplog.text) == (meant is None), rows[number]
        going_on = [n for n, (_, meant) in enumerate(rows) if '"over": true' not in str(rows[n][0])]
        assert [run.id for run in await store.runs.all()] == [f"{number:02x}" for number in going_on]
        await store.runs.end("00", keep=True)
        await store.runs.end("02")
        ended = await store.runs.get("00")
        assert ended is not None
        assert (ended.over, ended.asked, ended.answers_id) == (True, ASKED, 2**62)
        assert [run.id for run in await store.runs.all()] == [f"{n:02x}" for n in going_on if n not in (0, 2)]


async def test_a_sqlite_file_is_copied_before_it_changes_and_only_then(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}"
    old = Database(read_url(url))
    await migrate(old, to=REVISIONS[0], clock=lambda: 1.0)
    await fill(old)  # stays in the write-ahead log, which has to be copied too
    await migrate(old, clock=lambda: 1_234.5)
    await old.close()
    async with await Store.open(url):
        pass
    copies = list(tmp_path.glob("epoch.db.*.bak"))
    assert [copy.name for copy in copies] == [f"epoch.db.{REVISIONS[0]}-1234.bak"]
    with sqlite3.connect(copies[0]) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [(REVISIONS[0],)]
        assert copy.execute("SELECT points FROM scores").fetchall() == [(42,)]
        assert not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'cards'").fetchall()
    copy.close()


async def test_a_migration_that_fails_leaves_everything_as_it_was(url: str) -> None:
    old = Database(read_url(url))
    await migrate(old, to=REVISIONS[0])
    await fill(old)
    async with old.writing() as connection:  # in the way of the last table that the next step makes
        await connection.execute(text("CREATE TABLE daily_answers (x INTEGER)"))
    with pytest.raises(MigrationError, match="is as it was"):
        await migrate(old)
    async with old.reading() as connection:
        assert (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one() == REVISIONS[0]
        assert (await connection.execute(select(scores.c.points))).scalar_one() == 42
    async with old.writing() as connection:
        await connection.execute(text("CREATE TABLE cards (x INTEGER)"))  # a failed step would have left it
    await old.close()


async def test_many_starts_at_once_make_one_database(url: str) -> None:
    stores = await asyncio.gather(*(Store.open(url) for _ in range(4)))
    for store in stores:
        assert await store.packs.names() == []
        await store.close()


OPEN = """
import asyncio, sys
from bot.store.store import Store
async def main():
    async with await Store.open(sys.argv[1]) as store:
        await store.gaps.note("what is a transformer?", "en", ["rnn"], 1.0)
asyncio.run(main())
"""


async def test_many_processes_may_start_at_once(url: str) -> None:
    old = Database(read_url(url))
    await migrate(old, to=REVISIONS[0])
    await old.close()
    processes = [await asyncio.create_subprocess_exec(sys.executable, "-c", OPEN, url) for _ in range(3)]
    assert [await process.wait() for process in processes] == [0, 0, 0]
    async with await Store.open(url) as store:
        assert [gap.count for gap in await store.gaps.all()] == [3]


async def test_a_database_of_a_newer_version_is_left_alone(url: str) -> None:
    async with await Store.open(url) as store, store.database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase, match="revision 9999"):
        await Store.open(url)


async def test_a_file_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="check that its folder exists") as error:
        await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'missing' / 'epoch.db'}")
    assert "\n" not in str(error.value)


async def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "epoch.db").write_text("a shopping list, not a database" * 100)
    with pytest.raises(DatabaseUnavailable, match="not a database"):
        await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}")


async def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable) as error:
        await Store.open("postgresql://epoch:very-secret@127.0.0.1:1/epoch")
    assert "check that the server runs" in str(error.value)
    assert "very-secret" not in str(error.value)


@pytest.mark.parametrize(
    ("bad", "says"),
    [("epoch.db", "cannot be read"), ("mysql://root@localhost/epoch", "mysql is no database"),
     ("sqlite://", "forgets everything"), ("sqlite:///:memory:", "forgets everything")],
)  # fmt: skip
def test_a_url_of_no_use_is_refused_with_one_that_works(bad: str, says: str) -> None:
    with pytest.raises(DatabaseUrlError, match=says) as error:
        read_url(bad)
    assert "sqlite+aiosqlite:////srv/epoch.db" in str(error.value)


@pytest.mark.parametrize("name", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_every_usual_name_of_postgresql_gets_the_driver(name: str) -> None:
    assert read_url(f"{name}://a:b@host/db").drivername == "postgresql+asyncpg"
