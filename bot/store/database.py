"""The engine and its transactions, and all differences between SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, Literal, Protocol

from sqlalchemy import Connection, Table, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.store import sqlite_file
from bot.store.errors import DamagedDatabase, DatabaseUnavailable, DatabaseUrlError

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

log = logging.getLogger(__name__)

#: The drivers of the two databases, by every name that people give them.
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_CONNECT_S = 10.0
_CLOSE_S = 5.0
#: How long a transaction may do nothing; the server then undoes it.
_HANGS_S = 30
#: How soon after a write the file by itself holds it, so that a plain copy of the file is a backup.
_SETTLE_S = 5.0
#: How long a start waits for the look through a file (0.3 s of CPU time for 1.5 million rows) before it goes on beside.
_LOOK_S = 2.0
#: By this PostgreSQL tells the connections of Epoch from others.
_APPLICATION = "epoch"
_WRITES = "epoch_writes"
#: What a database raises that is away, busy, full or damaged.
_UNUSABLE = (DBAPIError, sqlite3.Error, OSError, TimeoutError, PoolTimeout)
#: Any number, as long as nothing else in the database locks by it.
_WRITERS = 0x45504F4348


def read_url(written: str) -> URL:
    """Return the URL of a database that Epoch can use.

    Raises:
        DatabaseUrlError: no URL, another kind of database, or SQLite without a file.
    """
    example = (
        "set EPOCH_DATABASE_URL like sqlite+aiosqlite:////srv/epoch.db or postgresql+asyncpg://user:password@host/name"
    )
    try:
        url = make_url(written)
    except ArgumentError:
        raise DatabaseUrlError(f"the database URL cannot be read; {example}") from None
    if url.drivername not in _DRIVERS:
        raise DatabaseUrlError(f"{url.drivername} is no database that Epoch can use; {example}")
    url = url.set(drivername=_DRIVERS[url.drivername])
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise DatabaseUrlError(f"a database in memory forgets everything at the next start; {example}")
    return url


class WriteFence(Protocol):
    """Says whether this process may write."""

    async def check(self, connection: AsyncConnection) -> None:
        """Raise `DatabaseUnavailable` in a transaction that is about to write, where this process may not."""


class Database:
    """One database. Its transactions are short and either read or write; one of them writes at a time.

    So a method may read, decide and write without interference. Writers of this process wait for a lock here, without
    polling. Writers of other processes wait for the lock of the SQLite file, or for an advisory lock of PostgreSQL.

    Attributes:
        fence: asked in each transaction that writes; None where this process may always write.
    """

    fence: WriteFence | None = None

    def __init__(self, url: URL) -> None:
        self.url = url
        self.kind: Literal["sqlite", "postgresql"] = "sqlite" if url.get_backend_name() == "sqlite" else "postgresql"
        self._engine = _sqlite_engine(url) if self.kind == "sqlite" else _postgresql_engine(url)
        self._writers = asyncio.Lock()
        #: Device and number of the file, once it is in use: another file of that name is another database.
        self._inode: tuple[int, int] | None = None
        self._lost = False
        self._damage: DamagedDatabase | None = None
        self._look: asyncio.Task[str | None] | None = None
        self._settling: asyncio.TimerHandle | None = None
        self._checkpoint: asyncio.Future[bool] | None = None
        self._open = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database."""
        return Path(str(self.url.database)) if self.kind == "sqlite" else None

    @property
    def shown(self) -> str:
        """The URL without its password."""
        return self.url.render_as_string(hide_password=True)

    async def prepare(self) -> None:
        """Make the file of a SQLite database, one that can be read while it is written; for a server there is no need.

        Raises:
            DatabaseUnavailable: the file cannot be opened, or is something else.
        """
        if self.file is not None:
            async with self._plain_errors():
                await asyncio.to_thread(sqlite_file.write_ahead, self.file)

    def hold(self) -> None:
        """Note which file the database is, ready for use: from now on one that is deleted or replaced is noticed."""
        if self.file is not None:
            found = os.stat(self.file)
            self._inode = found.st_dev, found.st_ino
            self._settle_soon()  # a program that was killed left its log

    async def look_through(self, within_s: float | None = _LOOK_S) -> None:
        """Look for damage in a SQLite file, first of all; what is found later than `within_s` ends all use.

        Raises:
            DamagedDatabase: some was found in time.
        """
        if self.file is None or not self.file.exists():
            return
        look = asyncio.create_task(asyncio.to_thread(sqlite_file.damage, self.file))
        done, _ = await asyncio.wait({look}, timeout=within_s)
        if not done:
            self._look = look
            look.add_done_callback(self._looked)
            return
        async with self._plain_errors():
            reason = look.result()
        if reason is not None:
            raise self._damaged(reason)

    def _looked(self, look: asyncio.Task[str | None]) -> None:
        if look.cancelled():
            return
        if (error := look.exception()) is not None:
            log.warning("the database could not be looked through: %s", error)
        elif (reason := look.result()) is not None:
            self._damage = self._damaged(reason)
            log.critical(str(self._damage))

    def _damaged(self, reason: str) -> DamagedDatabase:
        return DamagedDatabase(f"the database {self.shown} is damaged: {reason}; {self.way_back()}")

    def way_back(self) -> str:
        """Return what to do about a file that is damaged."""
        newest = next(iter(sqlite_file.copies(self.file)), None) if self.file is not None else None
        if newest is None:
            return "stop Epoch and take a backup: epoch restore FILE --replace (what is there is set aside)"
        return f"stop Epoch and take a backup, the newest beside it: epoch restore {quote(str(newest))} --replace"

    async def is_used(self) -> bool:
        """Tell whether another process of Epoch has the database open, as far as that can be told.

        Raises:
            DatabaseUnavailable: it cannot be reached.
        """
        if self.file is not None:
            return await asyncio.to_thread(sqlite_file.is_used, self.file)
        others = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND application_name = :name AND pid <> pg_backend_pid()"
        )
        async with self.reading() as connection:
            return bool((await connection.execute(others, {"name": _APPLICATION})).scalar_one())

    def _check_file(self) -> None:
        """Raise `DatabaseUnavailable` where the file in use is no longer there: what is written to it is lost."""
        if self._damage is not None:
            raise self._damage
        if self._inode is None or self.file is None:
            return
        try:
            found: os.stat_result | None = os.stat(self.file)
        except OSError:
            found = None
        if found is not None and (found.st_dev, found.st_ino) == self._inode:
            self._lost = False
            return
        what = "was deleted or moved away" if found is None else "was replaced by another file"
        message = (
            f"the database {self.shown} {what} while it is in use, so nothing can be kept; stop Epoch, put the file "
            f"back (with its -wal, if there is one), then start again"
        )
        if not self._lost:
            self._lost = True
            log.critical(message)
        raise DatabaseUnavailable(message)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state of the database and changes nothing.

        Raises:
            DatabaseUnavailable: the database cannot be opened or reached.
        """
        self._check_file()  # a new connection would make an empty file in its place
        async with self._counted(), self._plain_errors(), self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state of the whole database, however long it reads; others write meanwhile.

        Raises:
            DatabaseUnavailable: the database cannot be opened or reached.
        """
        async with self.reading() as connection:
            if self.kind == "postgresql":  # SQLite has it so by itself
                await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed when the block ends, and undone when it raises.

        Raises:
            DatabaseUnavailable: the database cannot be opened, reached or written, or its file is gone.
        """
        self._check_file()
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._counted())
            await stack.enter_async_context(self._plain_errors())
            await stack.enter_async_context(self._writers)
            connection = await stack.enter_async_context(self._engine.connect())
            await connection.execution_options(**{_WRITES: True})
            await stack.enter_async_context(connection.begin())
            if self.kind == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITERS})
            if self.fence is not None:
                await self.fence.check(connection)
            yield connection
        self._check_file()  # nobody is told that something is kept which went into a file without a name
        self._settle_soon()

    def _settle_soon(self) -> None:
        if self.file is not None and self._settling is None:
            self._settling = asyncio.get_running_loop().call_later(_SETTLE_S, self._settle)

    def _settle(self) -> None:
        """Have the file by itself hold what was written; while others are in the way, try again later."""
        self._settling = None
        if self.file is None or not self._holds_file():
            return

        def ended(checkpoint: asyncio.Future[bool]) -> None:
            if not checkpoint.cancelled() and not checkpoint.result():
                self._settle_soon()

        self._checkpoint = asyncio.get_running_loop().run_in_executor(None, partial(sqlite_file.checkpoint, self.file))
        self._checkpoint.add_done_callback(ended)

    def _holds_file(self) -> bool:
        try:
            self._check_file()
        except DatabaseUnavailable:
            return False
        return True

    def plain_errors(self) -> AbstractAsyncContextManager[None]:
        """Turn what a driver raises in the block into `DatabaseUnavailable` or `DatabaseUrlError`, in one line."""
        return self._plain_errors()

    async def check(self) -> None:
        """Read something, however little.

        Raises:
            DatabaseUnavailable: that does not work.
        """
        async with self.reading() as connection:
            await connection.execute(text("SELECT version_num FROM alembic_version"))

    async def close(self) -> None:
        """Close every connection, when what is under way has ended."""
        try:
            await asyncio.wait_for(self._idle.wait(), _CLOSE_S)
        except TimeoutError:
            log.warning("the database is closed while it is in use")
        if self._checkpoint is not None:
            await asyncio.wait({self._checkpoint})
        if self._settling is not None:
            self._settling.cancel()
            self._settling = None
            if self.file is not None and self._holds_file():
                await asyncio.to_thread(sqlite_file.checkpoint, self.file)
        if self._look is not None and not self._look.done():
            self._look.cancel()
        await self._engine.dispose()

    @asynccontextmanager
    async def _counted(self) -> AsyncIterator[None]:
        self._open += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._open -= 1
            if not self._open:
                self._idle.set()

    @asynccontextmanager
    async def _plain_errors(self) -> AsyncIterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except ModuleNotFoundError as error:
            raise DatabaseUrlError(f"{error.name} is not installed; pip install -e '.[postgres]'") from error
        except NoSuchModuleError as error:
            raise DatabaseUrlError(f"{self.shown} cannot be used: {error}; install its driver") from error
        except Exception as error:
            if not isinstance(error, _UNUSABLE) and not _of_asyncpg(error):
                raise
            if self.file is not None and sqlite_file.tells_damage(_reason(error)):
                raise self._damaged(_reason(error)) from error
            raise DatabaseUnavailable(
                f"the database {self.shown} cannot be used: {_reason(error)}; {self._fix()}"
            ) from error

    def _fix(self) -> str:
        if self.kind == "sqlite":
            return "check that its folder exists, can be written and has room"
        return "check that the server runs and that user and password are right"


def upsert(
    connection: AsyncConnection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    update: Sequence[str] = (),
    add: Sequence[str] = (),
) -> postgresql.Insert | sqlite.Insert:
    """Return the statement that inserts rows, and where one with the same primary key is there, changes that.

    Args:
        connection: what the statement will run on.
        table: where.
        rows: one or more, all with the same columns.
        update: columns to take from the new row; none leaves the old row as it is.
        add: columns to add the new row's number to.
    """
    # Of the two dialects the one in use is loaded already.
    insert: Any = import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert
    statement = insert(table).values([dict(row) for row in rows])
    keys = [column.name for column in table.primary_key]
    if not update and not add:
        return statement.on_conflict_do_nothing()  # type: ignore[no-any-return]
    new = {name: statement.excluded[name] for name in update}
    new |= {name: table.c[name] + statement.excluded[name] for name in add}
    return statement.on_conflict_do_update(index_elements=keys, set_=new)  # type: ignore[no-any-return]


def _reason(error: BaseException) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return " ".join(str(cause).split()) or type(cause).__name__


def _of_asyncpg(error: BaseException) -> bool:
    """Tell whether the driver raised it itself: SQLAlchemy wraps no error of a connection that is being made.

    So a server that shuts down or starts up says so. The driver is not imported for it: it may not be installed.
    """
    return type(error).__module__.partition(".")[0] == "asyncpg"


def _postgresql_engine(url: URL) -> AsyncEngine:
    # A process that hangs in the middle of a transaction would hold up every other that writes.
    settings = {"idle_in_transaction_session_timeout": f"{_HANGS_S}s", "application_name": _APPLICATION}
    connect = {"timeout": _CONNECT_S, "server_settings": settings}
    return create_async_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=connect)


def _document(written: str) -> Any:  # noqa: ANN401 - what JSON held
    """Return what a column of JSON holds; one that is damaged is empty, so that it takes no other row with it."""
    try:
        return json.loads(written)
    except ValueError as error:
        log.error("a document in the database is damaged and read as empty: %s", error)
        return {}


def _sqlite_engine(url: URL) -> AsyncEngine:
    engine = create_async_engine(
        url, hide_parameters=True, connect_args={"timeout": sqlite_file.BUSY_S}, json_deserializer=_document
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _: object) -> None:  # noqa: ANN401 - a driver's own type
        connection.isolation_level = None  # the driver would begin transactions late, and none around DDL
        cursor = connection.cursor()
        for setting in ("foreign_keys=ON", "synchronous=FULL"):
            cursor.execute(f"PRAGMA {setting}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        # One that begins by reading and then writes would fail at once where another has written meanwhile.
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
