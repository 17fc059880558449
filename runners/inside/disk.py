"""Disk use of a job on a shared file system: counted by the guard, because the file system enforces no limit there.

    its folder, file by file ─────────────────────────┐
    what is deleted and open, stood in, or running ───┼─ inode → bytes ─ sum
    what is deleted and mapped ───────────────────────┘
    bytes it has ever written ─ bounds what none of these shows

Whoever makes these files is hostile and does not hold still meanwhile: folders are opened one step at a time from a
descriptor, nothing is changed but the mode of a folder that hides what is in it.
"""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Iterable
from errno import EFBIG, EMFILE, ENFILE

from runners.inside.folders import open_folder

MiB = 1024 * 1024
#: More files than this are a bomb, not a result.
MAX_FILES = 20_000
#: What a job may write in all, in limits: files that it holds out of sight are bound by this. A result is written once
#: or a few times over, and pipes between a job's own processes count too.
WRITTEN = 4
#: The list of what a process has mapped is read so far; of TensorFlow's it is 1 MB. Paths can be as long as a tree is
#: deep, so a few hundred such mappings would keep the guard busy and fill its memory.
MOST_MAPS = 8 * MiB
#: Flag of a thread that has begun to end, from Linux's include/linux/sched.h.
PF_EXITING = 0x4


class Disk:
    """Keeps an eye on one job's folder and on what its processes hold.

    Args:
        folder: the job's own folder, the only one that it can change.
        limit_mb: what it may hold.
        file_mb: the largest file it can make.
        script: pid of its first process.
    """

    def __init__(self, folder: str, limit_mb: int, file_mb: int, script: int) -> None:
        self._folder = os.path.realpath(folder)  # as the kernel names what lies in it
        self._limit = limit_mb * MiB
        self._largest = file_mb * MiB
        self._top = open_folder(folder)
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # one for each step down
        self._seen: dict[int, int] = {}  # inode → bytes, when it could last be measured
        self._can_look = _may_look_at(script)

    def is_over(self, pids: Iterable[int], reaped: int) -> bool:
        """Look at it all; return whether the job holds or has written too much, or hides what it holds.

        Args:
            pids: its processes.
            reaped: bytes that were written by processes which are no more.
        """
        held, files = tree(self._top, MAX_FILES)
        hides = False
        written = reaped
        for pid in pids:
            try:
                held |= _opened(pid)
                for inode in _mapped(pid, self._folder) - held.keys():
                    held[inode] = self._seen.get(inode, self._largest)
                written += _written(pid)
            except PermissionError:
                hides = self._can_look
        self._seen = held
        return hides or files > MAX_FILES or sum(held.values()) > self._limit or written > WRITTEN * self._limit


def tree(top: int, most: int) -> tuple[dict[int, int], int]:
    """Return inode → bytes of all that lies beneath a folder, and the number of files, or more than `most`.

    Args:
        top: descriptor of the folder.
        most: stop counting at this many files. A nest deeper than this process has descriptors counts as so many.
    """
    held: dict[int, int] = {}
    folder = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=top)
    files, inner = _list(folder, held, most)
    path = [(folder, inner)]
    while path:
        folder, inner = path[-1]
        if not inner or files > most:
            os.close(path.pop()[0])
            continue
        try:
            deeper = open_folder(inner.pop(), folder)
        except OSError as error:
            if error.errno in (EMFILE, ENFILE):
                files = most + 1
            continue  # gone meanwhile, or a link by now
        found, names = _list(deeper, held, most - files)
        files += found
        path.append((deeper, names))
    return held, files


def _list(folder: int, held: dict[int, int], most: int) -> tuple[int, list[str]]:
    """Add what lies in a folder to `held`; return how many that is, and the names of its folders."""
    count, folders = 0, []
    with os.scandir(folder) as entries:
        for entry in entries:
            count += 1
            if count > most:
                break
            try:
                info = entry.stat(follow_symlinks=False)
            except OSError:
                continue  # gone meanwhile
            held[info.st_ino] = info.st_blocks * 512
            if stat.S_ISDIR(info.st_mode):
                folders.append(entry.name)
    return count, folders


def _opened(pid: int) -> dict[int, int]:
    """Return inode → bytes of the deleted files and folders that a process has open, stands in, or runs.

    Each of its threads may have its own. A folder is as large as it ever was.
    """
    held = {}
    for task in _tasks(pid):
        try:
            names = ["cwd", "exe", *(f"fd/{name}" for name in os.listdir(f"{task}/fd"))]
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended
        except PermissionError:
            if _is_ending(task):
                continue
            raise
        for name in names:
            try:
                info = os.stat(f"{task}/{name}")
            except (FileNotFoundError, ProcessLookupError):
                continue  # closed meanwhile: no reason to pass over the others
            except PermissionError:
                if not _is_ending(task):
                    raise
                break
            if info.st_nlink == 0 and (stat.S_ISREG(info.st_mode) or stat.S_ISDIR(info.st_mode)):
                held[info.st_ino] = info.st_blocks * 512
    return held


def _mapped(pid: int, folder: str) -> set[int]:
    """Return the inodes of the deleted files from `folder` that a process has mapped: the kernel shows no sizes.

    Raises:
        PermissionError: nobody may look, or there is more than anybody can.
    """
    inodes = set()
    below = os.fsencode(folder) + b"/"
    for task in _tasks(pid):
        try:
            with open(f"{task}/maps", "rb") as file:
                text = file.read(MOST_MAPS)
        except (FileNotFoundError, ProcessLookupError):
            continue
        except PermissionError:
            if _is_ending(task):
                continue
            raise
        if len(text) == MOST_MAPS:
            raise PermissionError(EFBIG, os.strerror(EFBIG), task)  # more than any program maps that hides nothing
        lines = text.split(b"\n")
        for line in lines:
            if line.endswith(b" (deleted)"):
                fields = line.split(None, 5)  # addresses, rights, offset, device, inode, path
                if len(fields) == 6 and fields[5].startswith(below):
                    inodes.add(int(fields[4]))
        if len(lines) > 1:
            break  # threads share their memory; but the first may have ended before the others
    return inodes


def _written(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/io", "rb", buffering=0) as file:
            return written_in(file.read(1 << 10))
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it has ended, or this kernel does not count
    except PermissionError:
        if all(_is_ending(task) for task in _tasks(pid)):
            return 0  # once it is reaped, it counts among those
        raise


def written_in(text: bytes) -> int:
    """Return the bytes written, as a file `io` of `/proc` tells: by calls or through mappings, whichever is more."""
    fields = dict(line.split(b": ") for line in text.splitlines())
    return max(int(fields[b"wchar"]), int(fields[b"write_bytes"]))


def _tasks(pid: int) -> list[str]:
    try:
        return [f"/proc/{pid}/task/{name}" for name in os.listdir(f"/proc/{pid}/task")]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _is_ending(task: str) -> bool:
    """Whether a thread is on its way out, of which there is none back.

    It has given up its memory, whose owner the files in `/proc` show: they are root's from then on, and a guard that
    is not root may look at them no more. It hides nothing: what it has open is closed next.
    """
    try:
        with open(f"{task}/stat", "rb", buffering=0) as file:
            fields = file.read(1 << 10).rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return bool(int(fields[6]) & PF_EXITING)


def _may_look_at(pid: int) -> bool:
    """Whether this machine lets the guard see what its script has open: only then it means something not to be let."""
    try:
        os.listdir(f"/proc/{pid}/fd")
    except PermissionError:
        return False
    except (FileNotFoundError, ProcessLookupError):
        return True
    return True
