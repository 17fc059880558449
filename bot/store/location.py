"""Finding and opening the database: in the data folder, or where an older Epoch left one in the current folder."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import DATABASE_FILE, Settings
from bot.store.errors import DatabaseUnavailable
from bot.store.sqlite_file import HEADER
from knowledge.bank.formerly import renamed
from knowledge.bank.models import Bank

if TYPE_CHECKING:  # it loads SQLAlchemy, which the doctor and a plain question do without
    from bot.store.lease import Lease
    from bot.store.store import Store

log = logging.getLogger(__name__)

#: In the schema of every database of Epoch since the first, and of no other program's by that file name.
_OURS = b"round_players"
#: How long a start waits for another one that is taking the same file over.
_BUSY_S = 5.0


async def open_store(
    settings: Settings,
    *,
    clock: Callable[[], float] = time.time,
    look_through: bool = False,
    bank: Bank | None = None,
) -> Store:
    """Open the database of the settings and bring it up to date; its folder is made, an older `epoch.db` taken over.

    Args:
        settings: the host's settings.
        clock: Unix time.
        look_through: whether to look for damage first, for whoever is going to use it for long.
        bank: has names that are followed: what is kept under an old one is found under today's.

    Raises:
        bot.store.errors.StoreError: it cannot be used; the error says why and what to do.
    """
    from bot.store.store import Store

    target = settings.default_database
    if target is not None:
        await asyncio.to_thread(make_folder, target)
        await asyncio.to_thread(_adopt, target)
    store = await Store.open(settings.database_url, clock=clock, look_through=look_through)
    if bank is not None:
        try:
            await store.names.follow(renamed(bank))
        except BaseException:
            await store.close()
            raise
    return store


async def open_lease(settings: Settings) -> Lease:
    """Return the lease of the database of the settings, for the shards of the settings; it is not taken yet.

    Raises:
        bot.store.errors.StoreError: there is no place for it, or no such database.
    """
    from bot.store.lease import lease_of

    if settings.default_database is not None:
        await asyncio.to_thread(make_folder, settings.default_database)
    return lease_of(settings.database_url, settings.shards)


def left_behind(target: Path) -> Path | None:
    """Return the `epoch.db` of the current folder, where older versions kept it; None if there is none of Epoch's.

    Args:
        target: the database in the data folder, which may be that very file.
    """
    found = Path.cwd() / DATABASE_FILE
    if not found.is_file() or (target.exists() and found.samefile(target)):
        return None
    return found if _is_ours(found) else None


def _is_ours(file: Path) -> bool:
    # Read as bytes: a look through SQLite would lock it, and make files beside it.
    return _holds(file, HEADER) and any(_holds(part, _OURS) for part in (file, file.with_name(f"{file.name}-wal")))


def _holds(file: Path, text: bytes) -> bool:
    try:
        if not file.is_file() or not file.stat().st_size:
            return False
        with file.open("rb") as opened, mmap(opened.fileno(), 0, access=ACCESS_READ) as whole:
            return whole.find(text) >= 0
    except OSError:  # of no one who starts Epoch
        return False


def make_folder(target: Path) -> None:
    """Make the folder that the database is to lie in.

    Raises:
        DatabaseUnavailable: it cannot be made.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise DatabaseUnavailable(
            f"the data folder {target.parent} cannot be made: {error.strerror}; "
            "set EPOCH_DATA_DIR to a folder that can be written"
        ) from error


def _adopt(target: Path) -> None:
    old = left_behind(target)
    if old is None:
        return
    if target.exists():
        log.warning("%s is not used: the data folder has %s; EPOCH_DATABASE_URL chooses another", old, target)
        return
    if _take_over(old, target):
        log.warning("%s was taken over: what you learned is now kept in %s", old, target)


def _take_over(old: Path, new: Path) -> bool:
    """Move a database with all that its log holds, if nobody has it open; when this fails, `old` is as it was.

    Returns:
        Whether it was moved here; False if another start has done so meanwhile.
    """
    part = new.with_name(f"{new.name}.{os.getpid()}.part")
    try:
        with closing(sqlite3.connect(f"{old.as_uri()}?mode=rw", uri=True, timeout=_BUSY_S)) as database:
            # Refused while anyone else has it open. Then the log is in the file, and the lock is held to the end.
            database.execute("PRAGMA locking_mode=EXCLUSIVE")
            database.execute("PRAGMA journal_mode=DELETE")
            database.execute("BEGIN EXCLUSIVE")
            database.execute("COMMIT")
            with closing(sqlite3.connect(part)) as copy:
                database.backup(copy)
            os.link(part, new)  # unlike a rename, it never replaces what another start has put there
            old.unlink()
            old.with_name(f"{old.name}-shm").unlink(missing_ok=True)  # a killed program leaves it
    except (sqlite3.Error, OSError) as error:
        if new.exists():
            return False
        raise DatabaseUnavailable(
            f"{old}, where an older Epoch kept what you learned, cannot be moved to {new}: {error}; end what uses it "
            f"and start again, or set EPOCH_DATABASE_URL=sqlite+aiosqlite:///{DATABASE_FILE} to go on with it there"
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return True
