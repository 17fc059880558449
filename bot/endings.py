"""Why a program cannot go on: one plain line for the host, and an exit status that a service manager can tell apart.

    settings, a wall asked for by name      78     a name that cannot be resolved          68
    the database or the cluster is away     69     a file that is missing                  72
    no room, read-only file system          73     the user may not do it                  77
    what is kept cannot be read             65     the system refuses anything else        71

What Discord's side says is told in `bot.discord.unreachable`.
"""

from __future__ import annotations

import errno
import os
import socket
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from bot import exits
from bot.store.errors import DamagedDatabase, DatabaseUrlError, MigrationError, NewerDatabase, StoreError
from knowledge.bank.errors import KnowledgeError
from runners.errors import RunnerError, WallUnavailable

#: What to do about an error of the system by its number, and the exit status.
_KINDS: dict[int, tuple[str, int]] = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), ("make room there, then start again", exits.UNWRITABLE)),
    errno.EROFS: ("set EPOCH_DATA_DIR and EPOCH_CACHE_DIR to folders that can be written", exits.UNWRITABLE),
    **dict.fromkeys(
        (errno.EMFILE, errno.ENFILE),
        ("raise the limit: ulimit -n, or LimitNOFILE= of the service", exits.SYSTEM),
    ),
    **dict.fromkeys(
        (errno.ENOMEM, errno.EAGAIN),
        ("give the machine more memory, or the service a higher MemoryMax= and TasksMax=", exits.SYSTEM),
    ),
}
#: The same, of those that mean this only where they name a file.
_KINDS_OF_FILES: dict[int, tuple[str, int]] = {
    **dict.fromkeys(
        (errno.EACCES, errno.EPERM),
        ("give the user that runs Epoch ({user}) the right to it, and to enter every folder above it", exits.DENIED),
    ),
    **dict.fromkeys(
        (errno.ENOENT, errno.ENOTDIR),
        ("put it there, or correct the setting that names it", exits.MISSING),
    ),
}
_SQLITE: dict[int, int] = {
    sqlite3.SQLITE_BUSY: exits.TRY_AGAIN, sqlite3.SQLITE_LOCKED: exits.TRY_AGAIN,
    sqlite3.SQLITE_CORRUPT: exits.DATA, sqlite3.SQLITE_NOTADB: exits.DATA,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ending:
    """What a host reads, and the exit status."""

    text: str
    status: int


def ending(error: KnowledgeError | RunnerError | StoreError | OSError) -> Ending:
    """Return how a program ends by an error that was foreseen."""
    match error:
        case OSError():
            return _refused(error)
        case StoreError():
            return Ending(str(error), _status_of_store(error))
        case WallUnavailable():  # it was asked for by name: `auto` takes what there is
            return Ending(str(error), exits.CONFIG)
        case RunnerError():
            return Ending(str(error), exits.UNAVAILABLE)
    return Ending(str(error), exits.MISSING)  # the model, or the bank


def _refused(error: OSError) -> Ending:
    """Return in one line what the system refused, and what to look at."""
    reason = error.strerror or str(error) or type(error).__name__
    if reason.startswith("No usable temporary directory"):
        fix = "make room in /tmp, or set TMPDIR to a folder that can be written"
        return Ending(
            f"nowhere to put temporary files (none of the usual folders can be written); {fix}", exits.UNWRITABLE
        )
    if isinstance(error, socket.gaierror):
        return Ending(f"a host's name cannot be resolved: {reason}; check the network and its DNS", exits.NO_HOST)
    file = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    fix, status = _fix(error, bool(file))
    return Ending(f"{reason}: {file}; {fix}" if file else f"{reason}; {fix}", status)


def _fix(error: OSError, of_file: bool) -> tuple[str, int]:
    number = error.errno or 0
    if number in _KINDS:
        return _KINDS[number]
    if of_file and number in _KINDS_OF_FILES:
        fix, status = _KINDS_OF_FILES[number]
        return fix.format(user=_user()), status
    if of_file:
        return "check that it is there, its rights, and that the disk has room", exits.SYSTEM
    if isinstance(error, ConnectionError | TimeoutError):
        return "check the network, then start again", exits.UNAVAILABLE
    return "check the disk's room and the folders' rights", exits.SYSTEM


def _status_of_store(error: StoreError) -> int:
    if isinstance(error, DatabaseUrlError):
        return exits.CONFIG
    if isinstance(error, NewerDatabase | MigrationError | DamagedDatabase):
        return exits.DATA
    for cause in _causes(error):
        if isinstance(cause, sqlite3.Error):
            # The low byte says what, the others where exactly; an error of the module itself has no number.
            code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_CANTOPEN) & 0xFF
            return _SQLITE.get(code, exits.UNWRITABLE)
        if isinstance(cause, OSError) and cause.filename is not None:
            return exits.UNWRITABLE
    return exits.UNAVAILABLE


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what an error came of, the last first; SQLAlchemy keeps the driver's own error in `orig`."""
    cause = error.__cause__
    while cause is not None:
        yield cause
        driver = getattr(cause, "orig", None)
        if isinstance(driver, BaseException):
            yield driver
        cause = cause.__cause__


def _user() -> str:
    try:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, AttributeError, KeyError):  # Windows, or a number without a name, as containers have them
        return str(getattr(os, "geteuid", lambda: "?")())
