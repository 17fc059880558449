"""The folders of drafts within a backup: what members wrote lies in files, beside the database.

    write:    drafts/<slug>/<file> → the same names in the zip
    restore:  zip → folders beside their places → (the database is committed) → each in its place

Only files that a draft may hold are taken, in either direction. A folder that is there and holds something else is kept
beside it, under a name that begins with a dot.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from zipfile import ZipFile

from bot.store.errors import BackupError
from bot.study.drafts.uploads import FILE_BYTES, is_topic_file
from knowledge.bank.models import SLUG_PATTERN

_PART = "drafts/"


def put(archive: ZipFile, root: Path) -> int:
    """Write every draft below `root` into a backup and return how many there are.

    Raises:
        BackupError: one cannot be read.
    """
    found = 0
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if not re.fullmatch(SLUG_PATTERN, folder.name) or folder.is_symlink() or not folder.is_dir():
            continue  # where drafts are checked, or are just being made
        found += 1
        try:
            for file in sorted(folder.iterdir()):
                if is_topic_file(file.name) and file.is_file() and not file.is_symlink():
                    archive.writestr(f"{_PART}{folder.name}/{file.name}", file.read_bytes())
        except OSError as error:
            raise BackupError(
                f"the draft {folder} cannot be read: {error.strerror}; make it readable, or move it away"
            ) from error
    return found


class Staged:
    """The drafts of a backup, on the disk already, beside the places where they are to lie.

    Args:
        archive: the backup.
        root: the folder of all drafts; made when it is needed.
        stamp: tells what is set aside from what was before.

    Raises:
        ValueError: the backup holds something else than drafts there.
        OSError: they cannot be written; nothing is left then.
    """

    def __init__(self, archive: ZipFile, root: Path, stamp: int) -> None:
        self._root = root
        self._stamp = stamp
        self._beside = root / f".restored.{os.getpid()}"
        files = {info.filename: info for info in archive.infolist() if info.filename.startswith(_PART)}
        self.slugs: list[str] = []
        if not files:
            return
        try:
            for name, info in files.items():
                _, slug, file = name.split("/", 2)
                if not re.fullmatch(SLUG_PATTERN, slug) or not is_topic_file(file) or info.file_size > FILE_BYTES:
                    raise ValueError(f"{name!r} is no file of a draft")
                folder = self._beside / slug
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                (folder / file).write_bytes(archive.read(info))
                if slug not in self.slugs:
                    self.slugs.append(slug)
        except BaseException:
            self.drop()
            raise

    def place(self) -> None:
        """Put each draft into its place; what was there and is something else is kept beside it."""
        for slug in self.slugs:
            place = self._root / slug
            if place.is_dir() and _content(place) != _content(self._beside / slug):
                place.rename(self._root / f".{slug}.{self._stamp}")
            elif place.is_dir():
                continue
            (self._beside / slug).rename(place)
        self.drop()

    def drop(self) -> None:
        """Remove what was not put into its place."""
        shutil.rmtree(self._beside, ignore_errors=True)


def _content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
