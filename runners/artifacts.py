"""Files from the far side of the wall: named, sized and dated by somebody hostile until shown otherwise.

Nothing is decoded here: what a picture would cost whoever shows it is read from what it declares (`pictures`).
"""

from __future__ import annotations

import logging
import os
import re
import stat
import tempfile
from pathlib import Path

from runners import pictures
from runners.inside.collect import EXTENSIONS
from runners.models import Artifact, Note
from runners.pictures import MAX_MOVING_PIXELS, MAX_PIXELS

log = logging.getLogger(__name__)
#: What a file is called while it is written, and how long after its last byte nobody can be writing it any more.
_PART, _PART_NAME, _PART_S = ".epoch-", re.compile(r"\.epoch-[a-z0-9_]{8}"), 3_600.0
MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".json": "application/json",
    ".npy": "application/octet-stream",
}


class Shelf:
    """Where one job's files come to lie.

    Args:
        count: how many at most.
        max_bytes: size of one at most.
        out_dir: where to write; None writes nothing.
    """

    def __init__(self, count: int, max_bytes: int, out_dir: Path | None) -> None:
        self._count = count
        self._max_bytes = max_bytes
        self._out_dir = out_dir
        self._names: dict[int, str] = {}
        #: What was refused, to be told.
        self.left_out: list[Note] = []

    def take(self, number: int, raw_name: str, content: bytes) -> Artifact | None:
        """Check a file and write it; None when it is refused, which goes to the log, as does a failure to write.

        Args:
            number: which file of the job it is; the same number again replaces it.
            raw_name: its name, as it came.
            content: all of it.
        """
        if number not in self._names and len(self._names) >= self._count:
            return None
        name = self._names.get(number) or _unused(safe_name(raw_name), set(self._names.values()))
        problem = _problem(name, content, self._max_bytes)
        if problem:
            why, told = problem
            log.warning("left out a file of a run, %r: %s", name, why)
            self.left_out.append(told)
            return None
        self._names[number] = name
        path = _try_to_write(self._out_dir, name, content) if self._out_dir else None
        return Artifact(name, MEDIA_TYPES[Path(name).suffix], len(content), path)


def safe_name(raw: str) -> str:
    """Return a plain file name: letters of any language, digits, `.`, `-` and `_`; lower-case extension."""
    stem, extension = os.path.splitext(os.path.basename(raw))
    stem = re.sub(r"[^\w.-]", "_", stem).lstrip(".-")[:60]
    return (stem or "file") + extension.lower()


def _unused(name: str, used: set[str]) -> str:
    stem, extension = os.path.splitext(name)
    number = 2
    while name in used:
        name = f"{stem}-{number}{extension}"
        number += 1
    return name


def _problem(name: str, content: bytes, max_bytes: int) -> tuple[str, Note] | None:
    """Return why a file is refused, for the log, and what its author is told; None where nothing is wrong with it."""
    extension = os.path.splitext(name)[1]
    if extension not in EXTENSIONS:
        return "not a kind of file that is kept", Note("left_kind", (name,))
    kind = MEDIA_TYPES[extension]
    is_picture = kind.startswith("image/")
    if not content or len(content) > max_bytes:
        return "empty or too large", Note("left_picture" if is_picture else "left_kind", (name,))
    return _picture_problem(name, kind, content) if is_picture else None


def _picture_problem(name: str, kind: str, content: bytes) -> tuple[str, Note] | None:
    try:
        picture = pictures.read(content)
    except pictures.NotAPicture as error:
        return str(error), Note("left_picture", (name,))
    if picture.kind != kind:
        return "not a picture of the kind its name says", Note("left_picture", (name,))
    size = f"declares {picture.width} x {picture.height} pixels, {picture.work} with all its frames and scans"
    if 0 in (picture.width, picture.height):
        return size, Note("left_picture", (name,))
    if picture.largest > MAX_PIXELS or (picture.frames == 1 and picture.work > MAX_PIXELS):
        return size, Note("left_pixels", (_millions(MAX_PIXELS), name))
    if picture.work > MAX_MOVING_PIXELS:
        return size, Note("left_frames", (_millions(MAX_MOVING_PIXELS), name))
    return None


def _millions(pixels: int) -> str:
    return f"{pixels / 1_000_000:g}"


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Return the width and height that a PNG, GIF or JPEG declares, None when it is none of them."""
    try:
        picture = pictures.read(content)
    except pictures.NotAPicture:
        return None
    return picture.width, picture.height


def sweep_parts(root: Path, now: float) -> int:
    """Remove files that were being written in the folders of runs below `root` when Epoch was killed; return how many.

    What a run has written whole stays, and so does all that has another name, is no plain file, or lies deeper. A
    folder that has nothing else in it goes, too.

    Args:
        root: of all runs that are kept.
        now: Unix time; what was written to within the last hour is left to whoever writes it.
    """
    count = 0
    for part in root.glob(f"*/{_PART}*"):
        try:
            found = part.lstat()
            if not _PART_NAME.fullmatch(part.name) or not stat.S_ISREG(found.st_mode) or part.parent.is_symlink():
                continue
            if found.st_mtime > now - _PART_S:
                continue
            part.unlink()
            count += 1
            part.parent.rmdir()
        except OSError:
            continue  # gone, not this user's, or (the folder) not empty
    return count


def _try_to_write(folder: Path, name: str, content: bytes) -> Path | None:
    try:
        return _write(folder, name, content)
    except OSError as error:
        # The run itself went well and has to end as such; the event then carries no path.
        log.error("cannot save %s: %s; check the folder's rights and its free space", name, error)
        return None


def _write(folder: Path, name: str, content: bytes) -> Path:
    """Write through a temporary name, so that a reader sees the whole file and a link in its place is replaced.

    `knowledge.files` does the same for the bank; neither package may import the other's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fd, temporary = tempfile.mkstemp(dir=folder, prefix=_PART)
    path = folder / name
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(content)
            os.fchmod(fd, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return path
