"""Whether a place can be written, asked before work is done for it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from bot.cli._base import UsageProblem, fail


def folder(path: Path, option: str) -> None:
    """Make a folder for what a command is about to write, and try it; exits with one line where that is impossible."""
    if path.exists() and not path.is_dir():
        raise UsageProblem(f"{option} {path} is a file; give a folder, or a name that is not taken")
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"epoch")
            file.flush()
    except OSError as error:
        fail(f"cannot write to {path}: {error.strerror}; give another folder with {option}")


def file(path: Path, option: str) -> None:
    """Try whether a file can be made or replaced; nothing is changed by it. Exits with one line where it cannot."""
    if path.is_dir():
        raise UsageProblem(f"{path} is a folder; give the name of a file with {option}")
    above = next((each for each in path.absolute().parents if each.exists()), Path("/"))
    place = path if path.exists() else above
    if not above.is_dir() or not os.access(place, os.W_OK) or (not path.exists() and above != path.absolute().parent):
        raise UsageProblem(f"cannot write {path}; give another file with {option}")
