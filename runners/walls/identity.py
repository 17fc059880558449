"""Who a process is: dropping root, and dropping capabilities. Source: capabilities(7)."""

from __future__ import annotations

import ctypes
import os
import struct

from runners.walls import libc

_CAPSET = {"x86_64": 126, "aarch64": 91}
_VERSION_3 = 0x20080522
_LAST = 63
_AMBIENT_RAISE = 2
#: Reading files that their owner keeps from others: all of it, or all and writing too; a container may have only that.
_READ_SEARCH, _OVERRIDE = 2, 1


def drop_root(uid: int, needs_private_files: bool) -> None:
    """Become `uid`, for good.

    Args:
        uid: user and group to become.
        needs_private_files: whether Python's own files lie where `uid` may not look (under root's home). One capability
            that opens files is kept then, for Landlock to say which.

    Raises:
        OSError: this process may not change its user, or has no capability to reach Python's files with.
    """
    kept = 0
    if needs_private_files:
        permitted = _permitted()
        kept = next((1 << each for each in (_READ_SEARCH, _OVERRIDE) if permitted >> each & 1), 0)
        if not kept:
            raise OSError("Python's files cannot be reached by a user without rights")
        libc.prctl(libc.PR_SET_KEEPCAPS, 1)
    drop_bounding(kept)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if kept:
        set_permitted(kept, inheritable=kept)
        libc.prctl(libc.PR_CAP_AMBIENT, _AMBIENT_RAISE, kept.bit_length() - 1)
    else:
        set_permitted(0)


def drop_capabilities() -> None:
    """Give up every capability, and all ways to one. Raises `OSError`."""
    drop_bounding(0)
    set_permitted(0)
    libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)


def drop_bounding(kept: int) -> None:
    """Take all capabilities but those of the bits `kept` from what this process may ever get."""
    for number in range(_LAST + 1):
        if kept >> number & 1:
            continue
        try:
            libc.prctl(libc.PR_CAPBSET_DROP, number)
        except OSError:
            return  # beyond the last one this kernel knows, or not allowed to: then there is none to lose


def set_permitted(permitted: int, inheritable: int = 0) -> None:
    """Set the capabilities that this process has, and those that it hands on, as bits."""
    header = ctypes.create_string_buffer(struct.pack("=Ii", _VERSION_3, 0))
    low = (permitted, permitted, inheritable)
    data = ctypes.create_string_buffer(
        struct.pack("=6I", *(mask & 0xFFFFFFFF for mask in low), *(mask >> 32 for mask in low))
    )
    libc.syscall(_CAPSET[libc.machine()], header, data)


def _permitted() -> int:
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        return next((int(line.split()[1], 16) for line in file if line.startswith("CapPrm:")), 0)
