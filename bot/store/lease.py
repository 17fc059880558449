"""The lease of a database: of all processes that serve it, one at a time acts for a server.

    SQLite       locks on `epoch.db.lock` beside the file itself, by whatever path that is reached. The kernel lets go
                 of them with the process; of a process that only hangs it does not. Source: flock(2)
    PostgreSQL   advisory locks on a connection of its own. The server lets go of them with that connection, which it
                 ends when nothing is heard for `_SILENT_S`: of a process that hangs, of a machine that is gone.
                 Source: PostgreSQL's documentation of advisory locks and of `idle_session_timeout`

A process that serves all takes the lease as a whole. One that serves some shards shares it with others, and takes a
lock for each of its shards; those who count their shards differently exclude each other.

A process that has lost its lease acts no more: `held` says so from then on, and a transaction that writes (`check`)
fails as soon as the lock is another's.
"""

from __future__ import annotations

import asyncio
import fcntl
import glob
import logging
import os
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.shards import Shards
from bot.store.database import Database, read_url
from bot.store.errors import DatabaseUnavailable, LeaseLost

log = logging.getLogger(__name__)

#: How often a holder looks whether it still is one, and how long it waits for the answer.
_BEAT_S, _ANSWER_S = 3.0, 5.0
#: How long a holder that hears nothing takes itself for one: less than the server waits for a word of it.
_SURE_S, _SILENT_S = 14, 20
_CONNECT_S, _LET_GO_S = 10.0, 1.0
#: What the server knows the connection by, before the host and the process.
_NAME = "epoch "
_LOST = (
    "another process may serve this database by now, so nothing is kept here; wait until this one has the lease again"
)
#: Any number, as long as nothing else in the database locks by it as the first of two.
_KEY = 0x45504F43
#: The locks of this kind that anybody has in this database.
_LOCKS = (
    f"FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = {_KEY} AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Lease(ABC):
    """The right to serve a database, or some shards of it; `lease_of` makes one of the right kind."""

    def __init__(self) -> None:
        self._held = False
        #: Whether the database could not be reached when the lease was last asked for.
        self.away = False
        self._lost = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None

    @property
    def held(self) -> bool:
        """Whether this process may act, as far as is known."""
        return self._held

    async def take(self) -> bool:
        """Take the lease, if nobody else has it or a part of it; return whether it is held.

        Raises:
            DatabaseUnavailable: the database cannot be reached, or there is no place for the lock.
        """
        if self._held:
            return True
        if self._watching is not None:
            await self.release()  # what is left of one that was lost
        self._lost.clear()
        try:
            self._held = await self._try()
        except DatabaseUnavailable:
            self.away = True
            raise
        self.away = False
        if self._held:
            self._watching = asyncio.create_task(self._watch(), name="epoch-lease")
        return self._held

    async def lost(self) -> None:
        """Return when a lease that was taken is lost."""
        await self._lost.wait()

    async def release(self) -> None:
        """Let go of the lease, for others to take."""
        self._held = False
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait({self._watching})
            self._watching = None
        await self._let_go()

    @abstractmethod
    async def check(self, connection: AsyncConnection) -> None:
        """Raise `LeaseLost` within a transaction that is about to write, unless the lease is held at this moment."""

    @abstractmethod
    async def holder(self) -> str:
        """Return who has the lease, as `host:process`; `?` where that is not known."""

    @abstractmethod
    async def _try(self) -> bool: ...

    @abstractmethod
    async def _still(self) -> bool: ...

    @abstractmethod
    async def _let_go(self) -> None: ...

    async def _watch(self) -> None:
        """Look again and again whether the lease is still held, until it is not."""
        try:
            await asyncio.sleep(_BEAT_S)
            while self._held:
                async with asyncio.timeout(_ANSWER_S):
                    if not await self._still():
                        break
                await asyncio.sleep(_BEAT_S)
        except Exception as error:  # whatever it is, nobody can say any more that the lease is held
            log.warning("the lease of the database cannot be confirmed: %s", str(error) or type(error).__name__)
        self._lose()

    def _lose(self) -> None:
        if self._held:
            self._held = False
            self._lost.set()


class FileLease(Lease):
    """The lease of a SQLite file.

    Args:
        file: the database, there or still to be made.
        shards: what this process serves.
    """

    def __init__(self, file: Path, shards: Shards) -> None:
        super().__init__()
        whole = Path(f"{os.path.realpath(file)}.lock")
        self._shards = shards
        self._whole = whole
        self._parts = [whole.with_name(f"{whole.name}.{number}-of-{shards.count}") for number in shards.ids]
        self._locks: dict[Path, int] = {}

    async def check(self, connection: AsyncConnection) -> None:
        """Raise `LeaseLost` where the lock file is no longer there: another process may have made its own."""
        if not self._held or not self._there():
            self._lose()
            raise LeaseLost(_LOST)

    async def holder(self) -> str:
        """Return who has the lease."""
        return await asyncio.to_thread(self._holder)

    def _holder(self) -> str:
        for file in (*self._parts, self._whole, *self._of_others()):
            with suppress(OSError, ValueError):
                if not _free(file) and (said := file.read_text(encoding="utf-8").strip()):
                    return said
        return "?"

    async def _try(self) -> bool:
        return await asyncio.to_thread(self._try_now)

    def _try_now(self) -> bool:
        taken = False
        try:
            shared = bool(self._parts)
            taken = self._lock(self._whole, shared=shared) and all(map(self._lock, self._parts))
            # Locked before it is looked at what others have: of two at the same time one at least sees the other.
            taken = taken and (not shared or all(map(_free, self._of_others())))
        except OSError as error:
            raise DatabaseUnavailable(
                f"the lock {self._whole} cannot be made: {error.strerror}; check that its folder exists, can be "
                "written and has room"
            ) from error
        finally:
            if not taken:
                self._close()
        return taken

    def _of_others(self) -> list[Path]:
        """Return the locks of shards that are counted differently."""
        mine = f"-of-{self._shards.count}"
        found = self._whole.parent.glob(f"{glob.escape(self._whole.name)}.*-of-*")
        return [file for file in found if not file.name.endswith(mine)]

    def _lock(self, file: Path, *, shared: bool = False) -> bool:
        fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._locks[file] = fd
        try:
            fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            log.warning("%s: no locks on this file system (%s), so nothing keeps a second Epoch away", file, error)
        if not shared:
            os.ftruncate(fd, 0)
            os.pwrite(fd, _me().encode(), 0)
        return self._there()  # not a file that was removed before it was locked

    def _there(self) -> bool:
        """Whether the files that are locked are those that another process would find."""
        try:
            return all(os.path.samestat(os.fstat(fd), os.stat(file)) for file, fd in self._locks.items())
        except OSError:
            return False

    async def _still(self) -> bool:
        return self._there()

    async def _let_go(self) -> None:
        self._close()

    def _close(self) -> None:
        for fd in self._locks.values():
            os.close(fd)
        self._locks.clear()


class ServerLease(Lease):
    """The lease of a PostgreSQL database.

    Args:
        database: where; the lease has a connection of its own.
        shards: what this process serves.
    """

    def __init__(self, database: Database, shards: Shards) -> None:
        super().__init__()
        self._database = database
        self._shards = shards
        self._engine: AsyncEngine | None = None
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        #: The process of the server that has the locks, and until when this one is sure that it does.
        self._pid = 0
        self._sure = 0.0

    @property
    def held(self) -> bool:
        """Whether this process may act: it has the lease, and heard so of late."""
        return self._held and time.monotonic() < self._sure

    async def check(self, connection: AsyncConnection) -> None:
        """Raise `LeaseLost` unless the locks are there, as the transaction sees it."""
        if not self._held or not await self._mine(connection, self._pid):
            self._lose()
            raise LeaseLost(_LOST)

    async def holder(self) -> str:
        """Return who has the lease."""
        if self._connection is None:
            return "?"
        query = (
            f"SELECT application_name FROM pg_stat_activity WHERE pid IN (SELECT pid {_LOCKS}) AND pid <> "
            "pg_backend_pid() ORDER BY backend_start LIMIT 1"
        )
        async with self._database.plain_errors():
            found = (await self._connection.execute(text(query))).scalar_one_or_none()
        return str(found or "?").removeprefix(_NAME)

    async def _try(self) -> bool:
        began = time.monotonic()
        taken = False
        try:
            async with self._database.plain_errors(), asyncio.timeout(_CONNECT_S):
                connection = self._connection or await self._connect()
                taken = await self._lock(connection)
                if not taken:
                    await connection.execute(text("SELECT pg_advisory_unlock_all()"))
        except BaseException:
            await self._let_go()
            raise
        self._sure = began + _SURE_S
        return taken

    async def _lock(self, connection: AsyncConnection) -> bool:
        kind = "pg_try_advisory_lock_shared" if self._shards.ids else "pg_try_advisory_lock"
        wanted = [f"{kind}({_KEY}, 0)", *(f"pg_try_advisory_lock({_KEY}, {part})" for part in self._parts)]
        for each in wanted:
            if not (await connection.execute(text(f"SELECT {each}"))).scalar_one():
                return False
        if not self._shards.ids:
            return True
        # Locked before it is looked at what others have: of two at the same time one at least sees the other.
        others = f"SELECT count(*) {_LOCKS} AND objid::bigint <> 0 AND objid::bigint >> 16 <> {self._shards.count}"
        return int((await connection.execute(text(others))).scalar_one()) == 0

    @property
    def _parts(self) -> Sequence[int]:
        """The second keys of the locks of the shards; 0 is the whole."""
        return [(self._shards.count or 0) << 16 | number for number in self._shards.ids]

    async def _connect(self) -> AsyncConnection:
        settings = {
            "application_name": f"{_NAME}{_me()}"[:63],
            # Of a machine that is gone the server hears nothing; where these are not known to it, or not needed, it
            # takes no notice of them.
            "tcp_keepalives_idle": "5", "tcp_keepalives_interval": "3", "tcp_keepalives_count": "2",
        }  # fmt: skip
        self._engine = create_async_engine(
            self._database.url, poolclass=NullPool, isolation_level="AUTOCOMMIT",
            connect_args={"timeout": _CONNECT_S, "server_settings": settings},
        )  # fmt: skip
        self._connection = connection = await self._engine.connect()
        driver: Any = (await connection.get_raw_connection()).driver_connection
        driver.add_termination_listener(self._ended)
        self._driver = driver
        # Servers before PostgreSQL 14 do not have it: there a process that hangs keeps the lease.
        silent = f"SELECT set_config(name, '{_SILENT_S}s', false) FROM pg_settings WHERE name = 'idle_session_timeout'"
        await connection.execute(text(silent))
        self._pid = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        return connection

    def _ended(self, connection: Any) -> None:  # noqa: ANN401 - a driver's own type
        if connection is self._driver:  # not one that was given up before
            self._lose()

    async def _still(self) -> bool:
        assert self._connection is not None
        began = time.monotonic()
        # Asked of the connection itself: behind a pool that changes it with each statement nothing would be held.
        async with self._database.plain_errors():
            still = await self._mine(self._connection, None)
        self._sure = began + _SURE_S
        return still

    async def _mine(self, connection: AsyncConnection, pid: int | None) -> bool:
        whose = "pg_backend_pid()" if pid is None else str(pid)
        count = await connection.execute(text(f"SELECT count(*) {_LOCKS} AND pid = {whose}"))
        return int(count.scalar_one()) == 1 + len(self._parts)

    async def _let_go(self) -> None:
        engine, connection = self._engine, self._connection
        self._engine = self._connection = self._driver = None
        with suppress(Exception):  # it may be broken in any way, and the server lets go of what it held
            async with asyncio.timeout(_LET_GO_S):
                if connection is not None:
                    await connection.invalidate()
                if engine is not None:
                    await engine.dispose()


def lease_of(url: str, shards: Shards) -> Lease:
    """Return the lease of the database at `url`, not taken yet.

    Raises:
        bot.store.errors.DatabaseUrlError: Epoch cannot use such a database.
    """
    database = Database(read_url(url))
    return ServerLease(database, shards) if database.file is None else FileLease(database.file, shards)


def _free(file: Path) -> bool:
    """Whether nobody has locked a file."""
    try:
        fd = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(fd)
    return True


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
