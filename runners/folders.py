"""Folders of runs that have no file system of their own: made and held by one bot, swept by the next if it was killed.

A folder is held by a lock on the folder itself, which the kernel lets go with the process: no file tells of it, no pid
is taken for another's, and it holds between containers that share a temporary folder. Source: flock(2).
"""

from __future__ import annotations

import fcntl
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runners.inside.folders import open_folder
from runners.inside.remove import remove

log = logging.getLogger(__name__)
PREFIX = "epoch-job-"


@contextmanager
def run_folder() -> Iterator[Path]:
    """Make a folder for runs; it is removed at the end, and by `sweep` where there is no end."""
    name, fd = _made_and_held()
    try:
        yield Path(name)
    finally:
        remove(name)
        os.close(fd)


def _made_and_held() -> tuple[str, int]:
    while True:
        name = tempfile.mkdtemp(prefix=PREFIX)
        try:
            fd = open_folder(name)
        except FileNotFoundError:
            continue  # swept by somebody before it was held
        held = _hold(fd)
        if held is False:
            log.warning("%s: no locks on this file system, so nothing sweeps this folder if Epoch is killed", name)
        if held is not None and os.fstat(fd).st_nlink:
            return name, fd
        os.close(fd)


def sweep(owners: tuple[int, ...]) -> int:
    """Remove folders that bots left which were killed; return how many.

    Args:
        owners: users whose folders may be removed, this one and the one that root is dropped to.
    """
    count = 0
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue  # gone, a link, or nobody's that this user may look at
        try:
            if os.fstat(fd).st_uid in owners and _hold(fd):
                remove(str(path))
                count += 1
        finally:
            os.close(fd)
    return count


def _hold(fd: int) -> bool | None:
    """Lock a folder; False where that cannot be had here, None where another has it."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    except OSError:
        return False
    return True
