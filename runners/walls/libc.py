"""The few calls of the kernel that Python's standard library does not offer, through `ctypes`.

Loaded where it is used: importing `ctypes` costs a cold start some 15 ms.
"""

from __future__ import annotations

import ctypes
import os
import platform

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_SET_NAME, PR_CAPBSET_DROP = 1, 4, 8, 15, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 36, 38, 47


def machine() -> str:
    """Return the processor's name as tables here use it: `x86_64`, `aarch64`, or one for which there is no table."""
    return platform.machine()


def prctl(option: int, argument: int = 0, third: int = 0) -> None:
    """Set something of this process, as the manual page prctl says; raises `OSError`."""
    check(_libc.prctl(option, *(ctypes.c_ulong(word) for word in (argument, third, 0, 0))), "prctl")


def name_self(name: str) -> None:
    """Name this process as `ps` and the kernel's log show it (15 bytes at most); forks inherit it."""
    word = ctypes.create_string_buffer(name.encode("utf-8", "replace")[:15])
    prctl(PR_SET_NAME, ctypes.addressof(word))


def syscall(number: int, *arguments: object) -> int:
    """Call a system call by its number; raises `OSError`. Integers go as the kernel's long."""
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    return check(_libc.syscall(ctypes.c_long(number), *words), f"system call {number}")


def unshare(flags: int) -> None:
    """Leave the namespaces that `flags` name; raises `OSError`."""
    check(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Put a file system into the tree, as the manual page mount says; raises `OSError`."""
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
    check(_libc.mount(*words, ctypes.c_ulong(flags), os.fsencode(options)), f"mount {target}")


def madvise(address: int, size: int, advice: int) -> bool:
    """Advise the kernel on a stretch of this process's memory; return whether it took the advice."""
    return bool(_libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(size), advice) == 0)


def inotify(folder: str, mask: int) -> int:
    """Return a descriptor that tells what happens in `folder`; raises `OSError`."""
    fd = check(_libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC), "inotify_init1")
    try:
        check(_libc.inotify_add_watch(fd, os.fsencode(folder), mask), "inotify_add_watch")
    except OSError:
        os.close(fd)
        raise
    return fd


def check(result: int, what: str) -> int:
    """Return `result`, or raise the `OSError` of a call that failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result
