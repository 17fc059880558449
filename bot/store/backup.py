"""Backups: all tables of a database in one file, which can be restored into SQLite and PostgreSQL alike.

    write:    database → one transaction that sees one state → manifest.json and tables/NAME.jsonl in a zip,
              with the folders of drafts (`bot.store.backup_drafts`)
    restore:  zip → one transaction: schema of its revision → rows → migrations up to this version's → commit

A table's file has the names of its columns in its first line, then a row a line; both are JSON arrays. Dates are as in
ISO 8601, documents as they are. The zip has a checksum of each part, the manifest the rows of each table: a file that
was cut off or damaged is told before anything changes. A plain copy of a SQLite file is taken as a backup, too.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import tempfile
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import date
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from sqlalchemy import (
    JSON,
    Connection,
    Date,
    MetaData,
    Table,
    create_engine,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import StaticPool

from bot.store import sqlite_file
from bot.store.backup_drafts import Staged, put
from bot.store.database import Database
from bot.store.errors import BackupError, DamagedDatabase
from bot.store.migrate import check_known, revision, revision_of, scripts, upgrade
from bot.store.tables import metadata
from knowledge.files import written_whole

#: What the manifest calls the format, and the newest version of it.
FORMAT, VERSION = "epoch-backup", 1
MANIFEST = "manifest.json"
_REVISIONS = "alembic_version"
#: Rows that are read or written at once.
_ROWS = 1000
#: How long PostgreSQL waits for whoever uses a table that is to be replaced.
_LOCK_MS = 10_000


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    Attributes:
        revision: of the schema.
        made: when, in Unix time.
        tables: how many rows each has.
    """

    revision: str
    made: float
    tables: dict[str, int]

    @property
    def rows(self) -> int:
        """How many rows all tables have together."""
        return sum(self.tables.values())


async def write(
    database: Database, file: Path, *, drafts: Path | None = None, clock: Callable[[], float] = time.time
) -> Manifest:
    """Write all that a database holds to `file`, which its owner alone may read; others go on using the database.

    Args:
        database: what is kept.
        file: where to.
        drafts: the folder of all drafts, which are written, too; None leaves them out.
        clock: Unix time.

    Raises:
        BackupError: the database holds nothing yet, or the file cannot be written; one that was there stays as it was.
        bot.store.errors.DatabaseUnavailable: the database cannot be read.
        bot.store.errors.NewerDatabase: a newer version wrote it.
    """
    if await revision(database) is None:
        raise BackupError(f"the database {database.shown} holds nothing yet, so there is nothing to back up")
    async with database.snapshot() as connection:
        try:
            with written_whole(file, private=True, lasting=True) as out:
                return await _write(database, connection, out, drafts, clock())
        except OSError as error:  # of the file, not of the database
            raise BackupError(
                f"the backup {file} cannot be written: {error.strerror}; make room for it, or give another file"
            ) from error


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it: the backup that is in place now, and where that is kept which was there before, if anything."""

    manifest: Manifest
    kept: Path | None


async def restore(
    database: Database, file: Path, *, aside: Path | None = None, drafts: Path | None = None,
    clock: Callable[[], float] = time.time,
) -> Restored:  # fmt: skip
    """Put a backup in place of what a database holds, all or nothing, and bring it up to date.

    Its drafts are put into their places when the database is committed. Drafts that are not in it stay.

    Args:
        database: closed to everybody else.
        file: a backup, or a copy of a SQLite database.
        aside: where what is there goes first, as a backup; without it the database has to be empty. A SQLite file that
            is damaged is kept under a name beside it instead.
        drafts: the folder of all drafts; None leaves them out.
        clock: Unix time.

    Raises:
        BackupError: the file is no sound backup or a newer version wrote it; the database is in use, or not empty.
        bot.store.errors.StoreError: the database cannot be used.
        OSError: the file cannot be read.
    """
    async with _as_backup(file) as found:
        manifest = await asyncio.to_thread(read_manifest, found, file)
        if await database.is_used():
            raise BackupError(
                f"the database {database.shown} is in use; stop `epoch serve` and whatever else uses it, then try again"
            )
        try:
            await database.look_through(within_s=None)
        except DamagedDatabase:
            if aside is None or database.file is None:
                raise
            kept: Path | None = await _restore_anew(database, database.file, found, manifest, drafts, clock)
        else:
            kept = await _restore(database, found, manifest, aside, drafts, clock)
    return Restored(manifest, kept)


async def _restore_anew(
    database: Database, damaged: Path, found: Path, manifest: Manifest, drafts: Path | None, clock: Callable[[], float]
) -> Path:
    kept = damaged.with_name(f"{damaged.name}.{int(clock())}.damaged")
    sqlite_file.move(damaged, kept)
    try:
        await _restore(database, found, manifest, None, drafts, clock)
    except BaseException:
        await database.close()
        sqlite_file.remove(damaged)
        sqlite_file.move(kept, damaged)
        raise
    return kept


async def _restore(
    database: Database, found: Path, manifest: Manifest, aside: Path | None, drafts: Path | None,
    clock: Callable[[], float],
) -> Path | None:  # fmt: skip
    await database.prepare()
    staged: Staged | None = None
    try:
        async with database.writing() as connection:
            full = await _replace(database, connection, found, manifest, aside, drafts, clock)
            if drafts is not None:
                staged = await asyncio.to_thread(_stage, database, found, drafts, int(clock()))
    except BaseException:
        if staged is not None:
            staged.drop()
        raise
    if staged is not None:
        await asyncio.to_thread(staged.place)
    return aside if full else None


def _stage(database: Database, found: Path, drafts: Path, stamp: int) -> Staged:
    try:
        with ZipFile(found) as archive:
            return Staged(archive, drafts, stamp)
    except (OSError, *_UNREADABLE) as error:
        raise _unfit(database, error) from error


def _unfit(database: Database, error: BaseException) -> BackupError:
    return BackupError(
        f"the backup cannot be put into {database.shown}, which is as it was: {_first_line(error)}; "
        "try another backup, or report this"
    )


async def _replace(
    database: Database, connection: AsyncConnection, found: Path, manifest: Manifest, aside: Path | None,
    drafts: Path | None, clock: Callable[[], float],
) -> bool:  # fmt: skip
    """Put the tables of a backup in place of those that are there; return whether these held anything."""
    now = await connection.run_sync(revision_of)
    check_known(database, now)
    names = [] if now is None else _names(now)
    full = await _any_rows(connection, names)
    if full:
        if aside is None:
            raise BackupError(
                f"the database {database.shown} is not empty; `epoch restore FILE --replace` puts the backup in "
                "its place, and first backs up what is there"
            )
        await write(database, aside, drafts=drafts, clock=clock)
    try:
        if database.kind == "postgresql":
            await connection.execute(text(f"SET LOCAL lock_timeout = {_LOCK_MS}"))
        await connection.run_sync(_drop, names)
        await connection.run_sync(upgrade, manifest.revision)
        await _fill(connection, found, manifest)
        await connection.run_sync(upgrade, "head")
        if database.kind == "postgresql":
            await _count_on(connection)
    except (SQLAlchemyError, sqlite3.Error, OSError, *_UNREADABLE) as error:
        raise _unfit(database, error) from error
    return full


def read_manifest(file: Path, shown: Path | None = None) -> Manifest:
    """Check a whole backup and return what it says of itself.

    Args:
        file: the backup.
        shown: what the one who gave it calls it.

    Raises:
        BackupError: it is none, is damaged, or a newer version wrote it.
        OSError: it cannot be read.
    """
    shown = file if shown is None else shown
    try:
        with ZipFile(file) as archive:
            said = json.loads(archive.read(MANIFEST))
            if not isinstance(said, dict) or said.get("format") != FORMAT:
                raise BackupError(f"{shown} is no backup of Epoch; give a file that `epoch backup` wrote")
            if said["version"] != VERSION or said["revision"] not in _revisions():
                raise BackupError(
                    f"{shown} was written by a newer version of Epoch (revision {said['revision']}); "
                    "install that version, then restore it"
                )
            manifest = Manifest(str(said["revision"]), float(said["made"]), dict(said["tables"]))
            if set(manifest.tables) != set(_names(manifest.revision)):
                raise BackupError(f"{shown} is damaged: it lacks tables; give another backup")
            damaged = archive.testzip()
    except (*_UNREADABLE, KeyError) as error:
        with file.open("rb") as opened:
            if opened.read(4) != b"PK\3\4":
                raise BackupError(f"{shown} is no backup of Epoch; give a file that `epoch backup` wrote") from error
        raise BackupError(f"{shown} is damaged or cut off: {_first_line(error)}; give another backup") from error
    if damaged is not None:
        raise BackupError(f"{shown} is damaged: the checksum of {damaged} is another; give another backup")
    return manifest


#: What a damaged zip, or what lies in one, comes out as.
_UNREADABLE = (BadZipFile, zlib.error, EOFError, ValueError, TypeError, NotImplementedError)


@asynccontextmanager
async def _as_backup(file: Path) -> AsyncIterator[Path]:
    """Give the backup itself, or one made of a copy of a SQLite database."""
    with file.open("rb") as opened:
        if opened.read(len(sqlite_file.HEADER)) != sqlite_file.HEADER:
            yield file
            return
    with tempfile.TemporaryDirectory(prefix="epoch-restore-") as folder:
        copy, made = Path(folder) / file.name, Path(folder) / "backup.zip"
        for suffix in ("", "-wal"):  # looked at elsewhere: SQLite writes beside what it reads
            if (part := file.with_name(file.name + suffix)).exists():
                await asyncio.to_thread(shutil.copyfile, part, copy.with_name(copy.name + suffix))
        source = Database(URL.create("sqlite+aiosqlite", database=str(copy)))
        try:
            await source.look_through(within_s=None)
            if (found := await revision(source)) is None:
                raise BackupError(f"{file} is no backup of Epoch; give a file that `epoch backup` wrote")
            if found not in _revisions():
                raise BackupError(
                    f"{file} was written by a newer version of Epoch (revision {found}); "
                    "install that version, then restore it"
                )
            await write(source, made)
        except DamagedDatabase as error:
            raise BackupError(f"{file} is damaged: SQLite finds errors in it; give another backup") from error
        finally:
            await source.close()
        yield made


async def _write(
    database: Database, connection: AsyncConnection, out: IO[bytes], drafts: Path | None, made: float
) -> Manifest:
    now = await connection.run_sync(revision_of)
    check_known(database, now)
    assert now is not None  # looked at before
    tables = await connection.run_sync(_reflected, _names(now))
    counts: dict[str, int] = {}
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for table in tables:
            with archive.open(_part(table.name), "w", force_zip64=True) as part:
                part.write(_line([column.name for column in table.c]))
                counts[table.name] = 0
                query = select(table).order_by(*table.primary_key.columns)
                async with connection.stream(query) as rows:
                    async for batch in rows.partitions(_ROWS):
                        part.write(b"".join(_line([*row]) for row in batch))
                        counts[table.name] += len(batch)
        if drafts is not None:
            await asyncio.to_thread(put, archive, drafts)
        manifest = Manifest(now, made, counts)
        archive.writestr(MANIFEST, json.dumps({"format": FORMAT, "version": VERSION, **asdict(manifest)}, indent=1))
    return manifest


async def _fill(connection: AsyncConnection, file: Path, manifest: Manifest) -> None:
    with ZipFile(file) as archive:
        for table in await connection.run_sync(_reflected, list(manifest.tables)):
            count = 0
            with archive.open(_part(table.name)) as part:
                rows = _rows(table, part)
                while batch := list(islice(rows, _ROWS)):
                    await connection.execute(insert(table), batch)
                    count += len(batch)
            if count != manifest.tables[table.name]:
                raise ValueError(f"{table.name} has {count} rows instead of {manifest.tables[table.name]}")


def _rows(table: Table, part: IO[bytes]) -> Iterator[dict[str, Any]]:
    lines = map(json.loads, TextIOWrapper(part, encoding="ascii"))
    names: list[str] = next(lines, [])
    dates = [name for name in names if name in table.c and isinstance(table.c[name].type, Date)]
    for values in lines:
        row = dict(zip(names, values, strict=True))
        row.update({name: date.fromisoformat(row[name]) for name in dates if row[name] is not None})
        yield row


def _part(table: str) -> str:
    return f"tables/{table}.jsonl"


def _line(values: Sequence[Any]) -> bytes:
    return json.dumps(values, separators=(",", ":"), default=_plain).encode() + b"\n"


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {value!r}")  # a column of a new type: say here how it is kept


def _revisions() -> set[str]:
    return {script.revision for script in scripts().walk_revisions()}


def _names(at: str) -> list[str]:
    """Return the tables that Epoch has at a revision: others may lie in the same database."""
    if at == scripts().get_current_head():
        return list(metadata.tables)
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        with engine.begin() as connection:
            upgrade(connection, at)
            return [name for name in inspect(connection).get_table_names() if name != _REVISIONS]
    finally:
        engine.dispose()


def _reflected(connection: Connection, names: Sequence[str]) -> list[Table]:
    """Return tables as they are in the database, each after those that it refers to."""
    found = MetaData()
    found.reflect(connection, only=list(names))
    for table in found.tables.values():
        for column in table.c:
            if isinstance(column.type, JSON):  # else None would become a document, `null`
                column.type.none_as_null = bool(column.nullable)
    return found.sorted_tables


def _drop(connection: Connection, names: Sequence[str]) -> None:
    for table in reversed(_reflected(connection, [*names, _REVISIONS] if names else [])):
        table.drop(connection)


async def _any_rows(connection: AsyncConnection, names: Sequence[str]) -> bool:
    for name in names:
        if (await connection.execute(select(text("1")).select_from(text(name)).limit(1))).first() is not None:
            return True
    return False


async def _count_on(connection: AsyncConnection) -> None:
    """Let PostgreSQL number new rows after those that came with their numbers."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        following = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
        await connection.execute(select(func.setval(sequence, following, False)).where(sequence.is_not(None)))


def _first_line(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error
    return (" ".join(str(cause).split()) or type(cause).__name__)[:300]
