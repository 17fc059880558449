"""Migrating old databases at start: by one process, in one transaction, after a copy of a SQLite file."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.store.database import Database
from bot.store.errors import DatabaseUnavailable, MigrationError, NewerDatabase

log = logging.getLogger(__name__)

_FOLDER = Path(__file__).parent / "migrations"


def scripts() -> ScriptDirectory:
    """Return the migrations that this version has."""
    return ScriptDirectory.from_config(_config())


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
        now = await connection.run_sync(_revision)
        known = scripts()
        if now == known.get_current_head() and to == "head":
            return
        if now is not None and now not in {script.revision for script in known.walk_revisions()}:
            raise NewerDatabase(
                f"the database {database.shown} was written by a newer version of Epoch (revision {now}); "
                "install that version, or set EPOCH_DATABASE_URL to another database"
            )
        if now is not None and database.file is not None:
            await asyncio.to_thread(_copy, database.file, f"{now}-{int(clock())}")
        try:
            await connection.run_sync(_upgrade, to)
        except SQLAlchemyError as error:
            raise MigrationError(
                f"the database {database.shown} could not be brought up to date and is as it was: "
                f"{' '.join(str(error).split())}; report this with revision {now}"
            ) from error
    if now is not None:
        log.info("the database was brought from revision %s to %s", now, to)


async def revision(database: Database) -> str | None:
    """Return the revision a database is at, None for one that holds nothing yet; nothing is made or changed.

    Raises:
        DatabaseUnavailable: it cannot be opened or reached.
    """
    if database.file is not None and not database.file.exists():
        return None
    async with database.reading() as connection:
        return await connection.run_sync(_revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection, to: str) -> None:
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
