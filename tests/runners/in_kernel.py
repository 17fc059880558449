"""What groups of version 2 do, said as JSON on stdout: run as the first program of a kernel that has them to itself.

`test_groups_kernel.py` starts it within user-mode Linux, whose file system is the host's.
"""

from __future__ import annotations

import json
import mmap
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from runners.groups import Group, Groups, open_groups
from runners.models import Limits

LIMITS = Limits(memory_mb=30, disk_mb=10, processes=7)
FILES = ("memory.max", "memory.oom.group", "pids.max", "cpu.weight")


def told(name: str, **values: object) -> None:
    sys.stdout.write(json.dumps({"step": name, **values}) + "\n")
    sys.stdout.flush()


def child(group: Group | None, work: Callable[[], object]) -> int:
    """Start a process that joins a group first, by the descriptor that a job's script is handed; return its id."""
    if pid := os.fork():
        return pid
    if group is not None:
        os.write(group.fds[0], b"0")
    work()
    os._exit(0)


def signal_of(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def fill(megabytes: int) -> None:
    memory = mmap.mmap(-1, megabytes << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for at in range(0, len(memory), mmap.PAGESIZE):
        memory[at] = 1


def swarm(answer: int) -> None:
    """Start process after process; answer with the number of the error that ends it."""
    try:
        for _ in range(50):
            if os.fork() == 0:
                time.sleep(600)
        os.write(answer, b"0")
    except OSError as error:
        os.write(answer, str(error.errno).encode())
    time.sleep(600)


def burn(seconds: float) -> None:
    while time.process_time() < seconds:
        pass


def busy_group(root: Path) -> None:
    """A group with processes passes no controllers on: what `open_groups` moves them down for."""
    group = root / "busy"
    group.mkdir()
    sleeper = child(None, lambda: time.sleep(600))
    (group / "cgroup.procs").write_text(str(sleeper))
    try:
        (group / "cgroup.subtree_control").write_text("+memory")
        told("busy", errno=None)
    except OSError as error:
        told("busy", errno=error.errno)
    os.kill(sleeper, 9)
    os.waitpid(sleeper, 0)


def delegated_group(root: Path) -> Groups:
    service = root / "epoch.service"
    service.mkdir()
    (service / "cgroup.procs").write_text(str(os.getpid()))
    os.setxattr(service, "trusted.delegate", b"1")
    found = open_groups()
    own = Path("/proc/self/cgroup").read_text().strip()
    told("opened", home=found.home == service, controllers=sorted(found.controllers), own=own,
         passed_on=(service / "cgroup.subtree_control").read_text().split())  # fmt: skip
    return found


def main(root: Path) -> None:
    (root / "cgroup.subtree_control").write_text("+memory +pids")
    busy_group(root)
    groups = delegated_group(root)

    group = groups.make(LIMITS)
    (folder,) = groups.home.glob("epoch-job-*")
    told("limits", **{name: (folder / name).read_text().strip() for name in FILES if (folder / name).exists()})
    told("within", ended=signal_of(child(group, lambda: fill(20))), oom=group.close().out_of_memory)

    group = groups.make(LIMITS)
    sleeper = child(group, lambda: time.sleep(600))
    filler = child(group, lambda: fill(100))
    told("beyond", ended=signal_of(filler), sleeper=signal_of(sleeper), oom=group.close().out_of_memory)
    told("no group", ended=signal_of(child(None, lambda: fill(100))))

    group = groups.make(LIMITS)
    (folder,) = groups.home.glob("epoch-job-*")
    answers, answer = os.pipe()
    first = child(group, lambda: swarm(answer))
    refused = int(os.read(answers, 16))
    inside = len((folder / "cgroup.procs").read_text().split())
    usage = group.close()
    told("swarm", refused=refused, inside=inside, ended=signal_of(first), oom=usage.out_of_memory)
    while "populated 1" in (folder / "cgroup.events").read_text() if folder.exists() else False:
        time.sleep(0.05)

    group = groups.make(LIMITS)
    ended = signal_of(child(group, lambda: burn(0.5)))
    told("burnt", ended=ended, cpu_s=group.close().cpu_s, left=len(list(groups.home.glob("epoch-job-*"))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
