"""Picking up what the script saves: pictures while it runs, as soon as each is written; the rest when nothing runs.

Whoever names and places these files is hostile. While the script runs, only files straight in the work folder are read,
each opened by its name from a descriptor of that folder, so that no link can lead elsewhere in between.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

EXTENSIONS = frozenset({".png", ".jpg", ".jpeg", ".gif", ".csv", ".txt", ".json", ".npy"})
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif"})
#: A work folder with more entries than this is a bomb, not a result.
MAX_ENTRIES = 2000
MAX_DEPTH = 4
#: Of files left out for one reason, so many are named.
MAX_NAMED = 20
#: A figure saved at every step of a loop is shown anew no sooner than this.
AGAIN_S = 1.0
_CLOSED_AFTER_WRITE, _MOVED_HERE = 0x8, 0x80

#: Number of the file (the same when it comes again), its name, its content.
Files = Iterator[tuple[int, str, bytes]]
_Seen = tuple[int, int, int]


class Collector:
    """The files of one job.

    Args:
        folder: the work folder.
        count: how many files at most.
        max_bytes: size of one file at most; larger ones are left out.
        script: name of the script itself, which is no result.
    """

    def __init__(self, folder: str, count: int, max_bytes: int, script: str = "") -> None:
        self.fd: int | None = None
        self._folder = folder
        self._count = count
        self._max_bytes = max_bytes
        self._numbers: dict[str, int] = {}
        self._sent: dict[str, _Seen] = {}
        self._waiting: dict[str, float] = {}
        self._script = script
        #: Why files were left out (`runners.notes.LEFT`) → their names, known after `rest`; before
        #: them stands the MiB that one may have (`left_large`), or how many there may be (`left_many`).
        self.left_out: dict[str, list[str]] = {}

    def watch(self) -> None:
        """Ask to be told what is written; where that cannot be had, all files come at the end."""
        from runners.walls import libc

        try:
            self.fd = libc.inotify(self._folder, _CLOSED_AFTER_WRITE | _MOVED_HERE)
        except OSError:
            self.fd = None

    def fresh(self, now: float) -> Files:
        """Yield pictures that were saved since the last call; `now` is a monotonic time in seconds."""
        if self.fd is None:
            return
        for name in _names(self.fd):
            if _kind(name) in PICTURES and not name.startswith(".") and len(self._waiting) < MAX_ENTRIES:
                self._waiting.setdefault(name, now)
        for name in [name for name, due in self._waiting.items() if due <= now]:
            del self._waiting[name]
            path = os.path.join(self._folder, name)
            content = self._take(path) if self._is_new(path) else None
            if content is not None:
                self._waiting_again(name, now)
                yield self._numbers[path], name, content

    def _waiting_again(self, name: str, now: float) -> None:
        # Due later than now: whatever is written before then is read once.
        self._waiting[name] = now + AGAIN_S

    def rest(self) -> Files:
        """Yield all that is worth keeping and was not sent as it stands, oldest first; when nothing runs any more."""
        found = []
        for entry in _entries(self._folder):
            info = entry.stat(follow_symlinks=False)
            name = entry.path.removeprefix(f"{self._folder}/")
            if name == self._script or "__pycache__/" in name:
                continue
            if why := self._why_not(name, info):
                self._leave_out(why, _outermost_hidden(name) if why == "left_hidden" else name)
            else:
                found.append((info.st_mtime_ns, entry.path, entry.name))
        for _, path, name in sorted(found):
            if path not in self._numbers and len(self._numbers) >= self._count:
                self._leave_out("left_many", name)
            elif self._is_new(path) and (content := self._take(path)) is not None:
                yield self._numbers[path], name, content

    def _why_not(self, name: str, info: os.stat_result) -> str | None:
        """Return why a file does not go back, None where it does."""
        reasons = {
            "left_deep": stat.S_ISDIR(info.st_mode),  # its files are not looked at
            "left_hidden": any(part.startswith(".") for part in name.split("/")),
            "left_link": not _plain(info),
            "left_kind": _kind(name) not in EXTENSIONS,
            "left_empty": info.st_size == 0,
            "left_large": info.st_size > self._max_bytes,
        }
        return next((why for why, holds in reasons.items() if holds), None)

    def _leave_out(self, why: str, name: str) -> None:
        most = {"left_large": [f"{self._max_bytes / (1 << 20):g}"], "left_many": [str(self._count)]}
        names = self.left_out.setdefault(why, most.get(why, []))
        if name not in names and len(names) < MAX_NAMED:
            names.append(name)

    def _is_new(self, path: str) -> bool:
        """Whether `path` is not what was sent last, and there is room for it."""
        try:
            info = os.lstat(path)
        except OSError:
            return False
        if path not in self._numbers and len(self._numbers) >= self._count:
            return False
        return self._sent.get(path) != _seen(info)

    def _take(self, path: str) -> bytes | None:
        read = _read(path, self._max_bytes)
        if read is None:
            return None
        self._sent[path] = read[0]
        self._numbers.setdefault(path, len(self._numbers))
        return read[1]


def _kind(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def _outermost_hidden(name: str) -> str:
    """Return the path to the first part that is hidden: of a hidden folder, not each file is named."""
    parts = name.split("/")
    at = next(at for at, part in enumerate(parts) if part.startswith("."))
    return "/".join(parts[: at + 1]) + ("/" if at + 1 < len(parts) else "")


def _names(fd: int) -> list[str]:
    """Return the names in the kernel's messages (inotify(7)): 16 bytes and a padded name each."""
    names = []
    try:
        data = os.read(fd, 1 << 16)
    except OSError:
        return []
    at = 0
    while at + 16 <= len(data):
        length = int.from_bytes(data[at + 12 : at + 16], "little")
        names.append(os.fsdecode(data[at + 16 : at + 16 + length].split(b"\0", 1)[0]))
        at += 16 + length
    return names


def _entries(top: str) -> Iterator[os.DirEntry[str]]:
    """Yield what lies in `top` and a few folders deep, up to a number that no result needs; then folders themselves."""
    waiting = [(top, 0)]
    seen = 0
    while waiting:
        folder, depth = waiting.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue  # a folder made unreadable holds no result
        for entry in sorted(entries, key=lambda entry: entry.name):
            seen += 1
            if seen > MAX_ENTRIES:
                return
            if entry.is_dir(follow_symlinks=False) and depth < MAX_DEPTH:
                waiting.append((entry.path, depth + 1))
            else:
                yield entry


def _plain(info: os.stat_result) -> bool:
    return stat.S_ISREG(info.st_mode) and info.st_nlink == 1


def _seen(info: os.stat_result) -> _Seen:
    return info.st_ino, info.st_mtime_ns, info.st_size


def _read(path: str, max_bytes: int) -> tuple[_Seen, bytes] | None:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None  # unreadable or swapped for a link: not a result
    try:
        info = os.fstat(fd)
        if not _plain(info) or not 0 < info.st_size <= max_bytes:
            return None
        pieces = []
        left = max_bytes
        while left > 0 and (piece := os.read(fd, min(left, 1 << 20))):
            pieces.append(piece)
            left -= len(piece)
        return _seen(info), b"".join(pieces)
    finally:
        os.close(fd)
