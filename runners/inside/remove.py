"""Removing a folder that somebody hostile has filled: any depth, any rights, any names, nothing outside it."""

from __future__ import annotations

import os
from itertools import count

from runners.inside.folders import make_own, open_folder


def remove(folder: str) -> None:
    """Remove `folder` and all in it; for when nothing writes there any more. What cannot be removed stays.

    Each folder found is moved to the top first, so that neither the depth of the tree nor the length of a path matters.
    """
    try:
        top = open_folder(folder)
    except OSError:
        return  # not there, not ours, or a link in its place
    try:
        waiting = _empty(top, top, numbers := count(1))
        while waiting:
            name = waiting.pop()
            try:
                fd = open_folder(name, top)
            except OSError:
                continue
            try:
                waiting += _empty(fd, top, numbers)
            finally:
                os.close(fd)
            _try_rmdir(name, top)
    finally:
        os.close(top)
    _try_rmdir(folder)


def _empty(folder: int, top: int, numbers: count[int]) -> list[str]:
    """Unlink what lies in a folder and move its folders to the top; return the names that those have there."""
    moved = []
    for name, is_folder in _entries(folder):
        try:
            if not is_folder:
                os.unlink(name, dir_fd=folder)
            elif folder == top:
                moved.append(name)
            else:
                make_own(name, folder)  # moving a folder writes to it
                moved.append(_move_up(name, folder, top, numbers))
        except OSError:
            continue
    return moved


def _entries(folder: int) -> list[tuple[str, bool]]:
    with os.scandir(folder) as entries:
        return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]


def _move_up(name: str, folder: int, top: int, numbers: count[int]) -> str:
    """Move a folder to a name that nothing at the top has: a program may have made some of them up."""
    while True:
        free = f".removed-{next(numbers)}"
        try:
            os.lstat(free, dir_fd=top)
        except FileNotFoundError:
            os.rename(name, free, src_dir_fd=folder, dst_dir_fd=top)
            return free


def _try_rmdir(name: str, parent: int | None = None) -> None:
    try:
        os.rmdir(name, dir_fd=parent)
    except OSError:
        return  # something in it could not be removed
