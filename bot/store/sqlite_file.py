"""What is done to the file of a SQLite database from outside the engine; all of it blocks, so call it in a thread."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from glob import escape
from pathlib import Path

#: What a SQLite file begins with.
HEADER = b"SQLite format 3\0"
#: How long one process waits for another that writes to the same file.
BUSY_S = 10.0
#: How long a checkpoint waits for whoever reads; writers wait meanwhile, so it rather comes back later.
_CHECKPOINT_S = 0.2
#: What SQLite says of a file whose bytes are not as it wrote them.
_DAMAGED = re.compile(r"malformed|not a database")
#: Copies that migrations make: NAME.REVISION-SECONDS.bak
_COPY = re.compile(r"\.[^.]+-(?P<at>\d+)\.bak")
_KEPT = 3
#: The file, its log, and what those who use it share.
_PARTS = ("", "-wal", "-shm")


def tells_damage(reason: str) -> bool:
    """Tell whether an error of SQLite means that the file itself is damaged."""
    return _DAMAGED.search(reason) is not None


def write_ahead(file: Path) -> None:
    """Let a database be read while it is written; the file is made where it is missing."""
    with closing(sqlite3.connect(file, timeout=BUSY_S)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")  # stays with the file


def checkpoint(file: Path) -> bool:
    """Move all that the write-ahead log holds into the file itself, and empty the log; False while others are at it."""
    try:
        with closing(_opened(file, _CHECKPOINT_S)) as connection:
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
    except sqlite3.Error:  # gone, read-only, locked, damaged: whoever uses it next says so
        return False


def damage(file: Path) -> str | None:
    """Return what is wrong with the pages of a file and how they hang together, None for nothing.

    It reads every page once. A changed letter within a text is no damage that SQLite could see.
    """
    try:
        with closing(_opened(file, BUSY_S)) as connection:
            found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        if tells_damage(str(error)):
            return str(error)
        raise
    return None if found == "ok" else " ".join(found.removeprefix("*** in database main ***").split())


def is_used(file: Path) -> bool:
    """Tell whether anyone, in this process or another, has a database open; nothing of its content changes."""
    if not file.exists():
        return False
    try:
        with closing(_opened(file, 0.0)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")  # refused while another connection is there
            connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        return "locked" in str(error)
    except sqlite3.DatabaseError:
        return False  # damaged: nobody gets far with it
    return False


def move(file: Path, to: Path) -> None:
    """Rename a database that nobody uses together with what belongs to it: a log left behind would spoil the next."""
    for suffix in _PARTS:
        part = file.with_name(file.name + suffix)
        if part.exists():
            part.rename(to.with_name(to.name + suffix))


def remove(file: Path) -> None:
    """Delete a database that nobody uses, with what belongs to it."""
    for suffix in _PARTS:
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def copies(file: Path) -> list[Path]:
    """Return the copies that migrations made of a file, the newest first."""
    found = [
        (int(match["at"]), copy)
        for copy in file.absolute().parent.glob(f"{escape(file.name)}.*.bak")
        if (match := _COPY.fullmatch(copy.name.removeprefix(file.name)))
    ]
    return [copy for _, copy in sorted(found, reverse=True)]


def prune(file: Path) -> None:
    """Delete all but the newest copies that migrations made of a file."""
    for copy in copies(file)[_KEPT:]:
        copy.unlink(missing_ok=True)


def _opened(file: Path, timeout_s: float) -> sqlite3.Connection:
    # By URI, for a missing file must not be made; without transactions of the module's own, for PRAGMA wants none.
    address = f"{file.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=timeout_s, isolation_level=None)
