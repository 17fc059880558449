"""Folders that somebody hostile has filled: opened one step at a time from a descriptor, so that no link leads out.

A path is looked up anew at each call, and any part of it may have become a link meanwhile; a descriptor stays with the
folder it was opened for. Source: openat(2), symlink(7).
"""

from __future__ import annotations

import os
import sys

_FOLDER = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def open_folder(name: str, parent: int | None = None) -> int:
    """Return a descriptor to read a folder by, made readable for its owner where it is not.

    Args:
        name: one name, or a path whose last part alone is in doubt.
        parent: descriptor of the folder it lies in; None for a path.

    Raises:
        OSError: it is gone, a link, no folder, or somebody else's.
    """
    try:
        return os.open(name, os.O_RDONLY | _FOLDER, dir_fd=parent)
    except PermissionError:
        make_own(name, parent)
        return os.open(name, os.O_RDONLY | _FOLDER, dir_fd=parent)


def make_own(name: str, parent: int | None = None) -> None:
    """Let the owner of a folder read and change it; never what a link in its place leads to.

    Raises:
        OSError: it is gone, a link, no folder, or somebody else's.
    """
    if sys.platform != "linux":
        os.chmod(name, 0o700, dir_fd=parent, follow_symlinks=False)
        return
    # By a descriptor that was opened without a right the kernel changes no mode; by that one's name in /proc it does.
    fd = os.open(name, os.O_PATH | _FOLDER, dir_fd=parent)
    try:
        os.chmod(f"/proc/self/fd/{fd}", 0o700)
    finally:
        os.close(fd)
