"""Checks that an output path can be written, before the work for it is done.

A place of the wrong kind is wrong usage (status 2); one that cannot be written is a failure (status 1).
"""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import NoReturn

from bot.cli._base import UsageProblem, fail


def folder(path: Path, option: str, *, make: bool = True) -> None:
    """Try a folder that a command is about to write into; exits with one line where that is impossible.

    Args:
        path: the folder.
        option: what it was given with.
        make: make it, too; else nothing is changed.
    """
    if path.exists() and not path.is_dir():
        raise UsageProblem(f"{option} {path} is a file; give a folder, or a name that is not taken")
    try:
        if make:
            path.mkdir(parents=True, exist_ok=True)
        _try(path if make else _nearest(path))
    except OSError as error:
        fail(f"cannot write to {path}: {error.strerror}; give another folder with {option}")


def file(path: Path, option: str, *, whole: bool = False) -> None:
    """Try whether a file can be made or replaced; nothing is changed by it. Exits with one line where it cannot.

    Args:
        path: the file.
        option: what it was given with.
        whole: whether it will be written as `knowledge.files.write_whole` does.
    """
    try:
        if path.is_dir():
            raise UsageProblem(f"{path} is a folder; give the name of a file with {option}")
        if not path.exists():
            _try(_nearest(path.parent) if whole else path.parent)
        elif not path.is_file():  # a device or a pipe, whose reader would see an end if it were opened to try
            if not os.access(path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        elif whole:
            _try(path.parent)
        else:
            with path.open("ab"):
                pass
    except OSError as error:
        unwritten(path, option, error)


def unwritten(path: Path, option: str, error: OSError) -> NoReturn:
    """Exit with the line that a file could not be written."""
    fail(f"cannot write {path}: {error.strerror}; give another file with {option}")


def _nearest(path: Path) -> Path:
    """Return the folder, or else the nearest one above it that is there: what is missing would be made in it."""
    return next(each for each in (path, *path.absolute().parents) if each.exists())


def _try(path: Path) -> None:
    with tempfile.TemporaryFile(dir=path) as file:
        file.write(b"epoch")
        file.flush()
