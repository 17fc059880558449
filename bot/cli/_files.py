"""Files that a command is given to read."""

from __future__ import annotations

from pathlib import Path

from bot.cli._base import UsageProblem

MAX_SCRIPT_BYTES = 1_000_000


def read_text(path: Path) -> str:
    """Return a script, or the text that one reads.

    Raises:
        UsageProblem: it cannot be read, is larger than a script may be, or not UTF-8.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageProblem(f"cannot read {path}: {error.strerror}; give the path of an existing text file") from error
    if len(raw) > MAX_SCRIPT_BYTES:
        raise UsageProblem(f"{path} is larger than {MAX_SCRIPT_BYTES // 1000} kB; give a shorter script")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageProblem(f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
