"""Matplotlib's list of fonts, made once behind the wall and handed to every later job.

A job starts with an empty home, so each one that draws would look through all fonts first: half a second and more.
The list is made by a job of the runner's own, never taken from a learner's.
"""

from __future__ import annotations

import hashlib
import logging
import sys
from importlib import metadata
from pathlib import Path

log = logging.getLogger(__name__)
#: Leaves the list in the work folder.
SCRIPT = """
import os
os.environ["MPLCONFIGDIR"] = "."
import matplotlib.font_manager
"""
MAX_BYTES = 4 * 1024 * 1024


class FontList:
    """The list, in memory and, where a folder is given, on disk.

    Args:
        folder: where to keep it between two starts; None keeps it in memory only.
    """

    def __init__(self, folder: Path | None = None) -> None:
        version = _matplotlib()
        key = hashlib.sha256(f"{sys.prefix} {version}".encode()).hexdigest()[:16]
        self._folder = folder / f"fonts-{key}" if folder else None
        self.file: tuple[str, bytes] | None = self._load()
        self._settled = self.file is not None or version is None

    def missed_by(self, script: str) -> bool:
        """Whether `script` is likely to draw and the list has not been made yet."""
        return not self._settled and ("matplotlib" in script or "seaborn" in script)

    def keep(self, folder: Path) -> None:
        """Take the list from the folder into which `SCRIPT`'s files were collected, if it is there."""
        self._settled = True  # whatever comes of it: trying before every job would cost more than it saves
        self.file = _read(folder)
        if self.file is None or self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / self.file[0]).write_bytes(self.file[1])
        except OSError as error:
            log.warning("cannot keep the list of fonts: %s; each start makes it anew", error)

    def _load(self) -> tuple[str, bytes] | None:
        try:
            return _read(self._folder) if self._folder else None
        except OSError as error:
            log.warning("cannot read the list of fonts: %s; it is made anew", error)
            return None


def _matplotlib() -> str | None:
    try:
        return metadata.version("matplotlib")
    except metadata.PackageNotFoundError:
        return None


def _read(folder: Path) -> tuple[str, bytes] | None:
    for path in folder.glob("fontlist-*.json"):
        content = path.read_bytes()
        if 0 < len(content) <= MAX_BYTES:
            return path.name, content
    return None
