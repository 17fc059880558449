"""How a guard or a zygote is started: the command line of each wall, and the orders that belong to it.

Some stand behind `bwrap`; the others start in a clean environment and nothing around: there the walls, if any, are
raised by the script's own process (`runners.walls`). Which wall is made of what stands in `runners.walls.table`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from runners.models import Job, Limits, MiB
from runners.visible import ETC, PACKAGE, SYS, SYSTEM, PythonHome, environment, unreachable_ancestors
from runners.walls.table import WALLS, Wall

#: Nobody owns files by convention; root is dropped to it, because the kernel exempts uid 0 from RLIMIT_NPROC.
NOBODY = 65534
#: The learner's ids inside; 1000 is what a first user has everywhere.
INNER_ID = 1000
ENGINE = "/epoch"
PLACE = "/job"
FILES = {
    "/etc/passwd": f"learner:x:{INNER_ID}:{INNER_ID}:learner:/job/home:/bin/sh\n".encode(),
    "/etc/group": f"learner:x:{INNER_ID}:\n".encode(),
    "/etc/hosts": b"127.0.0.1 localhost\n",
}
#: Not /dev/zero: what is mapped from it to be shared is memory that lives on unseen when it is given back.
DEVICES = ("null", "full", "random", "urandom")
#: What the far side is made of, of all this package.
PARTS = ("__init__.py", "inside", "walls")
#: Of the machine's own /proc, what programs ask for.
PROC = ("cpuinfo", "meminfo", "stat", "version", "loadavg", "uptime", "filesystems")
#: And of the script's own folder there: not `net`, the machine's connections, nor `task`, which has one too.
PROC_SELF = (
    "auxv", "cmdline", "comm", "environ", "fd", "fdinfo", "io", "limits", "maps", "oom_score", "oom_score_adj", "smaps",
    "smaps_rollup", "stat", "statm", "status",
)  # fmt: skip
_BOOT = (
    "import sys; sys.path.insert(0, {root!r}); sys.path += {sites!r}; "
    "from runners.inside import {what}; {what}.main()()"
)


@dataclass(frozen=True)
class Launch:
    """A guard or a zygote about to be started.

    Attributes:
        argv: the command, to which its first arguments are appended.
        env: its whole environment.
        cwd: folder to start in.
        wall: what the orders of its jobs promise.
        place: the job's own folder, as the job sees it; of a zygote without namespaces, the folder above those.
        landlock: rules for the script, as `Orders` takes them.
        user: uid that root becomes inside, -1 where that was seen to.
        private: whether Python's files are out of that user's reach.
        data_fds: descriptors the command reads files from.
    """

    argv: tuple[str, ...]
    env: dict[str, str]
    cwd: str
    wall: Wall
    place: str
    landlock: tuple[str, ...] = ()
    user: int = -1
    private: bool = False
    data_fds: tuple[int, ...] = field(default=())

    @property
    def namespaced(self) -> bool:
        """Whether jobs have namespaces around them."""
        return WALLS[self.wall].bubblewrap

    def cold(self, job: Job, source: bytes, stdin: bytes, socket: int, group: tuple[int, ...] = ()) -> list[str]:
        """Return the command that runs `job` from a cold start.

        Args:
            job: what to run.
            source: the script, encoded.
            stdin: text for standard input, encoded.
            socket: descriptor to talk over.
            group: descriptors of the job's control group, see `runners.groups`; none where it has none.
        """
        fds = ",".join(map(str, (socket, *group)))
        return [*self.argv, fds, *self.orders(job, source, stdin, self.place, bool(group))]

    def zygote(self, socket: int, imports: Sequence[str] = ()) -> list[str]:
        """Return the command that starts a zygote, its requests coming over descriptor `socket`.

        Args:
            socket: a descriptor.
            imports: what it imports; what examples use, where that is nothing.
        """
        place = "" if self.namespaced else self.place
        return [*self.argv, str(socket), str(self.user), str(int(self.private)), place, *imports]

    def warm(self, job: Job, source: bytes, stdin: bytes, number: int, grouped: bool = False) -> list[str]:
        """Return the orders for a zygote to run `job`."""
        place = self.place if self.namespaced else f"{self.place}/{number}"
        return self.orders(job, source, stdin, place, grouped)

    def orders(self, job: Job, source: bytes, stdin: bytes, place: str, grouped: bool = False) -> list[str]:
        """Return the words that a guard takes its orders from."""
        limits = job.limits
        own_rules = () if self.namespaced else (f"c{place}", *(f"r/proc/self/{name}" for name in PROC_SELF))
        words: dict[str, object] = {
            "name": safe_name(job.name),
            "place": place,
            "own_pids": int(self.namespaced),
            "seccomp": int(WALLS[self.wall].seccomp),
            "landlock": "\n".join((*self.landlock, *own_rules)) if self.landlock else "",
            "nproc": WALLS[self.wall].nproc,
            "group": int(grouped),
            "user": self.user,
            "private": int(self.private),
            "source_bytes": len(source),
            "stdin_bytes": len(stdin),
            "pasted": int(job.pasted),
        }
        names = "wall_s cpu_s memory_mb processes file_mb disk_mb artifacts artifact_mb"
        words |= {name: getattr(limits, name) for name in names.split()}
        return [f"{name}={value}" for name, value in words.items()]


def safe_name(name: str) -> str:
    """Return a file name that can go nowhere but into the work folder."""
    base = re.sub(r"[^\w.-]", "_", os.path.basename(name)).lstrip(".-")[:80]
    return base or "script.py"


def _python(home: PythonHome, root: str, what: str) -> tuple[str, ...]:
    # -I ignores every PYTHON* variable, so what is wanted of them is said by options; -B: nobody reads the bytecode.
    boot = _BOOT.format(root=root, sites=list(home.extra_sites), what=what)
    return (home.executable, "-I", "-u", "-B", "-X", "utf8", "-c", boot)


def bare(
    wall: Wall, home: PythonHome, folder: Path, fonts: tuple[str, bytes] | None = None, what: str = "guard",
    slots: int = 1,
) -> Launch:  # fmt: skip
    """Start with no namespaces, in `folder`, which the caller makes and removes afterwards."""
    own_home = folder / "home"
    own_home.mkdir()
    if fonts:
        (own_home / ".matplotlib").mkdir()
        (own_home / ".matplotlib" / fonts[0]).write_bytes(fonts[1])
    env = environment(home, home_dir=str(own_home), scratch=str(folder / "tmp"), slots=slots)
    user, private = -1, False
    if WALLS[wall].any_script:
        env["JOBLIB_MULTIPROCESSING"] = "0"  # its locks need /dev/shm, which is not the job's own here
        if os.geteuid() == 0:
            user = NOBODY
            private = bool(unreachable_ancestors([PACKAGE, *(tree.source for tree in home.trees)]))
            for path in (folder, own_home, *own_home.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
    return Launch(
        _python(home, str(PACKAGE.parent), what),
        env,
        str(folder),
        wall,
        str(folder),
        landlock=_readable(home) if WALLS[wall].landlock else (),
        user=user,
        private=private,
    )


def _readable(home: PythonHome) -> tuple[str, ...]:
    """Landlock's rules where the machine's own file tree is in sight: what bubblewrap would have shown, and no more."""
    return (
        *(f"h{path}" for path in home.hidden),
        *(f"r{path}" for path in SYSTEM),
        *(f"r/etc/{name}" for name in ETC),
        *(f"r{path}" for path in SYS),
        *(f"r{tree.shown_at}" for tree in home.trees),
        *(f"r/proc/{name}" for name in PROC),
        *(f"f/dev/{name}" for name in DEVICES),
    )


@contextmanager
def bubblewrap(
    bwrap: str,
    home: PythonHome,
    limits: Limits,
    fonts: tuple[str, bytes] | None = None,
    *,
    wall: Wall,
    what: str = "guard",
    slots: int = 1,
) -> Iterator[Launch]:
    """Start as pid 1 of a bubblewrap sandbox; the descriptors it reads from live as long as the context."""
    files = {**FILES, **({f"{PLACE}/home/.matplotlib/{fonts[0]}": fonts[1]} if fonts else {})}
    fds = {path: _memory_file(content) for path, content in files.items()}
    try:
        env = environment(home, home_dir=f"{PLACE}/home", scratch="/tmp", slots=slots)
        argv = [*_as_nobody(bwrap, home), bwrap, *_namespaces(what), *_filesystem(home, limits, fds)]
        for name, value in env.items():
            argv += ["--setenv", name, value]
        argv += ["--chdir", f"{PLACE}/files", "--", *_python(home, ENGINE, what)]
        # bwrap itself gets no more than a PATH: what it was started with can be read in /proc by its own user.
        own = {"PATH": "/usr/bin:/bin"}
        rules = ("r/", *(f"f/dev/{name}" for name in DEVICES), f"c{PLACE}") if WALLS[wall].landlock else ()
        yield Launch(tuple(argv), own, "/", wall, PLACE, landlock=rules, data_fds=tuple(fds.values()))
    finally:
        for fd in fds.values():
            os.close(fd)


def _memory_file(content: bytes) -> int:
    fd = os.memfd_create("epoch")
    os.write(fd, content)  # all of it: memory does not fill up halfway
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _namespaces(what: str) -> list[str]:
    # A zygote makes a user namespace for each job; the filter of system calls keeps the job from making another.
    nested = [] if what == "zygote" else ["--disable-userns"]
    return [
        "--unshare-all", "--unshare-user", *nested, "--uid", str(INNER_ID), "--gid", str(INNER_ID),
        "--hostname", "epoch", "--die-with-parent", "--new-session", "--as-pid-1", "--clearenv",
    ]  # fmt: skip


def _filesystem(home: PythonHome, limits: Limits, fds: dict[str, int]) -> list[str]:
    """Everything is laid on an empty root, which is made read-only at the end."""
    return [
        *_system(),
        *_writable(limits),
        *(word for path, fd in fds.items() for word in ("--file", str(fd), path)),
        *(word for tree in home.trees for word in ("--ro-bind", str(tree.source), str(tree.shown_at))),
        *(word for path, target in home.links for word in ("--symlink", target, path)),
        # Empty, and not to be written to: such a file system would be one more place for files, which nobody counts.
        *(word for path in home.hidden for word in ("--tmpfs", str(path), "--remount-ro", str(path))),
        *(word for part in PARTS for word in ("--ro-bind", str(PACKAGE / part), f"{ENGINE}/runners/{part}")),
        *("--remount-ro", "/"),
    ]


def _system() -> list[str]:
    args = ["--proc", "/proc", "--symlink", "/proc/self/fd", "/dev/fd"]
    for folder in SYSTEM:
        if os.path.islink(folder):
            args += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            args += ["--ro-bind", folder, folder]
    for path in [*(f"/etc/{name}" for name in ETC), *SYS]:
        args += ["--ro-bind-try", path, path]
    for name in DEVICES:
        args += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    return args


def _writable(limits: Limits) -> list[str]:
    """One tmpfs holds all that a job can write, so that one size covers it: work folder, /tmp and shared memory."""
    args = ["--size", str(limits.disk_mb * MiB), "--perms", "0755", "--tmpfs", PLACE]
    for name in ("files", "tmp", "shm", "home"):
        args += ["--dir", f"{PLACE}/{name}"]
    for target, path in (("job/tmp", "/tmp"), ("../job/tmp", "/var/tmp"), ("../job/shm", "/dev/shm")):
        args += ["--symlink", target, path]
    return args


def _as_nobody(bwrap: str, home: PythonHome) -> list[str]:
    """Drop root before the sandbox is made; nothing to do for anybody else.

    Where a private folder (root's home, say) stands between that user and Python, a first bwrap, in a mount namespace
    of its own, lays an empty folder over it and binds back just what is needed, at the same paths.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        return []
    drop = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", "--"]
    parts = [PACKAGE / part for part in PARTS]
    sources = [*(tree.source for tree in home.trees), *parts]
    hidden = unreachable_ancestors(sources)
    if not hidden:
        return drop
    args = [bwrap, "--die-with-parent", "--dev-bind", "/", "/"]
    for folder in hidden:
        args += ["--perms", "0755", "--tmpfs", str(folder)]
    for source in sources:
        for folder in hidden:
            if source.is_relative_to(folder):
                args += [*_open_parents(source, folder), "--ro-bind", str(source), str(source)]
    return [*args, "--", *drop]


def _open_parents(path: Path, top: Path) -> list[str]:
    """Make the folders between `top` and `path`: left to itself, bwrap makes them for its own user alone."""
    args: list[str] = []
    for parent in reversed(path.parents):
        if parent != top and parent.is_relative_to(top):
            args += ["--perms", "0755", "--dir", str(parent)]
    return args
