"""A control group for each job, where the host lets Epoch have groups of its own: the kernel counts and holds there.

    the group this process is in (delegated to it) ┬ epoch-host   this process, with all that it starts
                                                   └ epoch-job-…  one job's processes; its guard stays outside

Everywhere else, and beside it, the guard looks: a group needs version 2 with the controllers of memory and processes,
delegated (systemd's `Delegate=yes`, a container's own subtree). Source: Documentation/admin-guide/cgroup-v2.rst.
"""

from __future__ import annotations

import logging
import os
import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from runners.models import Limits, MiB

log = logging.getLogger(__name__)
HOST, JOB = "epoch-host", "epoch-job-"
#: Without these a group would hold nothing that the guard does not see.
NEEDED = frozenset({"memory", "pids"})
WANTED = NEEDED | {"cpu"}
#: A job's share of the processors beside what else runs in this host's groups, whose weight is 100.
WEIGHT = 25


class NoGroups(OSError):
    """Groups cannot be had here; says why."""


@dataclass(frozen=True, slots=True)
class GroupUsage:
    """What a group has counted: CPU seconds of everything that ever was in it, and whether the kernel ended it."""

    cpu_s: float
    out_of_memory: bool


class Group:
    """One job's group; `close` ends it with everything in it.

    Args:
        folder: it.
        dying: gets the folder of a group whose processes are not gone yet when it is closed.

    Attributes:
        fds: to join it by writing `0`, and to read its CPU time from. Both work for whoever they are handed to.
    """

    def __init__(self, folder: Path, dying: list[Path]) -> None:
        self._folder = folder
        self._dying = dying
        joining = os.open(folder / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
        self.fds = (joining, os.open(folder / "cpu.stat", os.O_RDONLY | os.O_CLOEXEC))

    def close(self) -> GroupUsage:
        """Kill whatever is left, remove the group, and tell what it has counted."""
        if (killer := self._folder / "cgroup.kill").exists():  # from Linux 5.14 on; the guard has killed already
            killer.write_text("1")
        cpu_s = _field(self._folder / "cpu.stat", "usage_usec") / 1e6
        told = GroupUsage(cpu_s, out_of_memory=_field(self._folder / "memory.events", "oom_kill") > 0)
        for fd in self.fds:
            os.close(fd)
        if not _removed(self._folder):
            self._dying.append(self._folder)
        return told


class Groups:
    """Makes a group for each job.

    Args:
        home: the group that jobs' groups lie in, its controllers passed on to them.
        controllers: those.
    """

    def __init__(self, home: Path, controllers: frozenset[str]) -> None:
        self.home = home
        self.controllers = controllers
        self._numbers = count(1)
        self._dying: list[Path] = []

    def make(self, limits: Limits) -> Group:
        """Make a group that holds a job to its limits; raises `OSError`."""
        self._dying[:] = [left for left in self._dying if not _removed(left)]
        folder = self.home / f"{JOB}{os.getpid()}-{next(self._numbers)}"
        folder.mkdir()
        wanted = {
            # What a job writes to its own file system lies in memory, too, and has a limit of its own.
            "memory.max": (limits.memory_mb + limits.disk_mb) * MiB,
            "memory.swap.max": 0,
            "memory.oom.group": 1,
            "pids.max": limits.processes,
            "cpu.weight": WEIGHT,
        }
        for name, value in wanted.items():
            # Where the kernel counts no swap there is no such file.
            if name.split(".")[0] in self.controllers and (folder / name).exists():
                (folder / name).write_text(str(value))
        return Group(folder, self._dying)


def open_groups(needed: frozenset[str] = NEEDED) -> Groups:
    """Take the group of this process for its own and its jobs'; moves what runs in it to a group below.

    Raises:
        NoGroups: there is none, it is not delegated, or it lacks a controller.
    """
    home = delegated(needed)
    try:
        wanted = frozenset(_words(home / "cgroup.controllers")) & WANTED
        if missing := wanted - set(_words(home / "cgroup.subtree_control")):
            _move_down(home)
            (home / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in sorted(missing)))
    except OSError as error:
        raise NoGroups(f"the control group {home} cannot be used: {error.strerror}") from error
    for left in home.glob(f"{JOB}*"):
        if not _words(left / "cgroup.procs"):
            _removed(left)
    return Groups(home, wanted)


def delegated(needed: frozenset[str] = NEEDED) -> Path:
    """Return the group that this process may divide; changes nothing.

    Raises:
        NoGroups: see `open_groups`.
    """
    told = [Path("/proc/self", name) for name in ("cgroup", "mountinfo")]
    home = own_group(*(path.read_text() for path in told)) if all(map(os.path.exists, told)) else None
    if home is None:
        raise NoGroups("no control groups of version 2 are mounted")
    if home.name == HOST:
        home = home.parent
    files = (home, home / "cgroup.procs", home / "cgroup.subtree_control")
    if not all(os.access(path, os.W_OK) for path in files) or not is_ours(home):
        raise NoGroups(f"the control group {home} is not delegated")
    if lacking := needed - set(_words(home / "cgroup.controllers")):
        raise NoGroups(f"the control group {home} has no controller of {', '.join(sorted(lacking))}")
    return home


def own_group(cgroup: str, mountinfo: str) -> Path | None:
    """Return the folder of a process's group of version 2, from what its `/proc` says; None where it shows none."""
    inside = next((line[3:] for line in cgroup.splitlines() if line.startswith("0::/")), None)
    if inside is None:
        return None
    for line in mountinfo.splitlines():
        fields, _, behind = line.partition(" - ")
        if behind.split(" ", 1)[0] == "cgroup2":
            root, point = (re.sub(r"\\([0-7]{3})", lambda o: chr(int(o[1], 8)), word) for word in fields.split()[3:5])
            if Path(inside).is_relative_to(root):
                return Path(point, Path(inside).relative_to(root))
    return None


def is_ours(home: Path) -> bool:
    """Whether a group that may be written to was given away to be: to root everything may be written."""
    if os.geteuid() != 0 or Path("/proc/self/cgroup").read_text().rstrip().endswith("0::/"):
        return True
    names = set(os.listxattr(home))
    return bool(names & {"user.delegate", "trusted.delegate"})


def _move_down(home: Path) -> None:
    """Empty a group: what passes controllers on may hold no processes itself, but at the root of all."""
    if not (home / "cgroup.type").exists():
        return
    (home / HOST).mkdir(exist_ok=True)
    for pid in _words(home / "cgroup.procs"):
        try:
            (home / HOST / "cgroup.procs").write_text(pid)
        except ProcessLookupError:
            continue  # it has ended


def _removed(folder: Path) -> bool:
    """Remove a group; False where processes in it were killed, but are not gone yet."""
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError as error:
        log.info("the group %s stays until the next job, or the next start: %s", folder, error.strerror)
        return False
    return True


def _words(path: Path) -> list[str]:
    return path.read_text().split()


def _field(path: Path, name: str) -> int:
    if not path.exists():
        return 0  # without its controller
    return next((int(line.split()[1]) for line in path.read_text().splitlines() if line.startswith(f"{name} ")), 0)
