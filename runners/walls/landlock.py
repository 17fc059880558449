"""Landlock: an allow-list of files for a process; and no signals or abstract sockets to processes outside its domain.

Source: Documentation/userspace-api/landlock.rst and include/uapi/linux/landlock.h. The numbers of its three calls are
the same on every processor.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable, Iterator, Sequence

from runners.walls import libc

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REFER, _TRUNCATE = (1 << bit for bit in (0, 1, 2, 3, 13, 14))
#: The device nodes a job may make: none. Everything else that changes a folder: bits 4, 5 and 7 to 12 but for those.
_MAKE_CHAR, _MAKE_BLOCK = 1 << 6, 1 << 11
#: Files rights of each version, as one mask: 13 bits at first, then rename across folders, truncate, device ioctl.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP = 0b11  # bind and connect, from version 4
_SCOPES = 0b11  # abstract sockets and signals, from version 6

READ = _EXECUTE | _READ_FILE | _READ_DIR
#: To see what is in a folder, and in those below it, by name: what Python needs of one in which it looks for a module.
LIST = _READ_DIR
OPEN_FILE = _READ_FILE | _WRITE_FILE | _TRUNCATE
CHANGE = ((1 << 15) - 1) & ~_MAKE_CHAR & ~_MAKE_BLOCK
#: From this version on signals and abstract sockets are kept in: where there are no namespaces, nothing less will do.
SCOPED = 6


def version() -> int:
    """Return the version of Landlock here, 0 where there is none (not built in, not switched on, or filtered)."""
    try:
        return libc.syscall(_CREATE, None, 0, _VERSION)
    except OSError:
        return 0


def restrict(rules: Iterable[tuple[str, int]]) -> None:
    """Leave this process, and all it starts, only what `rules` name. Paths that do not exist are skipped.

    Args:
        rules: path and rights (`READ`, `OPEN_FILE`, `CHANGE`), for a file or all that lies beneath a folder.

    Raises:
        OSError: there is no Landlock here.
    """
    found = version()
    if found == 0:
        raise OSError("Landlock: not available in this kernel")
    handled = _FILE_RIGHTS[min(found, 5)]
    attributes = struct.pack("=QQQ", handled, _TCP if found >= 4 else 0, _SCOPES if found >= SCOPED else 0)
    # Fields a kernel does not know yet may be sent only as zeros; it takes them for what they are.
    ruleset = libc.syscall(_CREATE, ctypes.create_string_buffer(attributes, 24), 24, 0)
    try:
        for path, rights in rules:
            _allow(ruleset, path, rights & handled)
        libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)
        libc.syscall(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def around(path: str, hidden: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield rules under which all of `path` can be read but what is hidden in it.

    Rules only ever add to what is allowed, and each holds for all that lies beneath. So the folders on the way to
    something hidden can be listed, and what else lies in them is allowed one by one. The names of what is hidden are
    seen by that; its files are not opened.

    Args:
        path: a file or folder.
        hidden: folders, by their paths without links.
    """
    real = os.path.realpath(path)
    if real in hidden:
        return
    within = [each for each in hidden if each.startswith(f"{real}/")]
    if not within:
        yield path, READ
        return
    yield real, LIST
    with os.scandir(real) as entries:
        for entry in entries:
            # What a link leads to has a rule where it lies, or was not to be seen before either.
            if not entry.is_symlink():
                yield from around(entry.path, within)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            rights &= _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
        libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.create_string_buffer(struct.pack("=Qi", rights, fd)), 0)
    finally:
        os.close(fd)
