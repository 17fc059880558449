"""Migrating old databases at start: by one process, in one transaction, after a copy of a SQLite file."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from bot.store import sqlite_file
from bot.store.database import Database
from bot.store.errors import DatabaseUnavailable, MigrationError, NewerDatabase

if TYPE_CHECKING:  # a third of a second to import, which only a database pays that is not up to date
    from alembic.config import Config
    from alembic.script import ScriptDirectory

log = logging.getLogger(__name__)

_FOLDER = Path(__file__).parent / "migrations"
_VERSION = "alembic_version"


def scripts() -> ScriptDirectory:
    """Return the migrations that this version has."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config())


def newest() -> str:
    """Return the revision that this version brings a database to: migrations are numbered, and so are their files."""
    return max(file.name.partition("_")[0] for file in (_FOLDER / "versions").glob("[0-9]*.py"))


async def migrate(database: Database, *, to: str = "head", clock: Callable[[], float] = time.time) -> None:
    """Bring the database up to date; starts at the same time wait for each other.

    Args:
        database: may be empty, old or up to date.
        to: the revision to go up to.
        clock: Unix time, for the name of a copy.

    Raises:
        DatabaseUnavailable: it cannot be opened, or its copy cannot be written.
        MigrationError: a migration failed; the database is as it was.
        NewerDatabase: a newer version wrote it.
    """
    await database.prepare()
    async with database.writing() as connection:
        now = await connection.run_sync(revision_of)
        if now == newest() and to == "head":
            return
        check_known(database, now)
        if now is not None and database.file is not None:
            await asyncio.to_thread(_copy, database.file, f"{now}-{int(clock())}")
        try:
            await connection.run_sync(upgrade, to)
        except SQLAlchemyError as error:
            raise MigrationError(
                f"the database {database.shown} could not be brought up to date and is as it was: "
                f"{' '.join(str(error).split())}; report this with revision {now}"
            ) from error
    if now is not None:
        if database.file is not None:
            await asyncio.to_thread(sqlite_file.prune, database.file)
        log.info("the database was brought from revision %s to %s", now, to)


def check_known(database: Database, found: str | None) -> None:
    """Raise `NewerDatabase` where a database is at a revision that this version does not have."""
    if found is not None and found not in {script.revision for script in scripts().walk_revisions()}:
        raise NewerDatabase(
            f"the database {database.shown} was written by a newer version of Epoch (revision {found}); "
            "install that version, or set EPOCH_DATABASE_URL to another database"
        )


async def revision(database: Database) -> str | None:
    """Return the revision a database is at, None for one that holds nothing yet; nothing is made or changed.

    Raises:
        DatabaseUnavailable: it cannot be opened or reached.
    """
    if database.file is not None and not database.file.exists():
        return None
    async with database.reading() as connection:
        return await connection.run_sync(revision_of)


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


def revision_of(connection: Connection) -> str | None:
    """Return the revision that a connection's database is at, None for one that holds nothing yet."""
    if not inspect(connection).has_table(_VERSION):
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {_VERSION}"))
    return found


def upgrade(connection: Connection, to: str) -> None:
    """Bring a connection's database up to a revision, in the transaction that is going on."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _copy(file: Path, stamp: str) -> None:
    """Copy a database whose write lock is held; what is committed in its log is copied too."""
    target = file.with_name(f"{file.name}.{stamp}.bak")
    try:
        old, new = sqlite3.connect(file), sqlite3.connect(target)
        try:
            old.backup(new)
        finally:
            old.close()
            new.close()
    except (sqlite3.Error, OSError) as error:
        target.unlink(missing_ok=True)
        raise DatabaseUnavailable(
            f"the database cannot be copied to {target} before it is brought up to date: {error}; make room for it"
        ) from error
    log.info("the database as it was is kept in %s", target)
