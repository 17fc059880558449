"""Namespaces of a job (users, processes, mounts, network, host name, shared memory), and the few mounts it needs.

Source: user_namespaces(7), pid_namespaces(7), mount(2).
"""

from __future__ import annotations

import os
import re

from runners.walls import libc

_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = (
    0x00020000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
_NOSUID, _NODEV, _NOEXEC, _BIND_BELOW, _PRIVATE_BELOW = 2, 4, 8, 0x1000 | 0x4000, 0x4000 | 0x40000


def leave_all() -> None:
    """Enter new namespaces with the same user id; the next child is the first process of the new pid namespace.

    Raises:
        OSError: user namespaces are refused here.
    """
    uid, gid = os.getuid(), os.getgid()
    # Inherited from a parent that hid itself, undumpable would make /proc/self/uid_map belong to somebody else.
    libc.prctl(libc.PR_SET_DUMPABLE, 1)
    libc.unshare(_NEWUSER | _NEWNS | _NEWPID | _NEWIPC | _NEWUTS | _NEWNET)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid} {uid} 1")
    _write("/proc/self/gid_map", f"{gid} {gid} 1")


def own_proc() -> None:
    """Mount the /proc of this pid namespace; from now on no mount is seen outside this mount namespace.

    Raises:
        OSError: a mount is refused (a container that masks /proc refuses a new one).
    """
    libc.mount("none", "/", None, _PRIVATE_BELOW)
    libc.mount("proc", "/proc", "proc", _NOSUID | _NODEV | _NOEXEC)


def own_folder(folder: str, disk_bytes: int, files: int) -> None:
    """Mount one tmpfs over `folder` that holds all a job may write; raises `OSError`.

    What is mounted below it, a virtual environment under /tmp say, shows there again as it was: a bind keeps the flags,
    read-only among them, and another user namespace cannot take them off.
    """
    kept = [(path, os.open(path, os.O_PATH)) for path in _mounted_below(folder)]
    libc.mount("job", folder, "tmpfs", _NOSUID | _NODEV, f"size={disk_bytes},nr_inodes={files},mode=0755")
    for path, fd in kept:
        os.makedirs(path, exist_ok=True)
        libc.mount(f"/proc/self/fd/{fd}", path, None, _BIND_BELOW)
        os.close(fd)


def _mounted_below(folder: str) -> list[str]:
    """Return the outermost mount points below `folder`."""
    found: list[str] = []
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
        points = sorted(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), line.split()[4]) for line in lines)
    for point in points:
        if point.startswith(f"{folder}/") and not any(point.startswith(f"{outer}/") for outer in found):
            found.append(point)
    return found


def _write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)
