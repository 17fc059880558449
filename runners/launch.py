"""How a guard is started: the command line of each wall.

`bubblewrap` builds one `bwrap` a job; `trusted` starts the same guard with a clean environment and nothing around it.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from runners.models import Job, Limits, MiB
from runners.visible import ETC, PACKAGE, SYS, SYSTEM, PythonHome, environment, unreachable_ancestors

#: Nobody owns files by convention; root is dropped to it, because the kernel exempts uid 0 from RLIMIT_NPROC.
NOBODY = 65534
#: The learner's ids inside; 1000 is what a first user has everywhere.
INNER_ID = 1000
ENGINE = "/epoch"
FILES = {
    "/etc/passwd": f"learner:x:{INNER_ID}:{INNER_ID}:learner:/job/home:/bin/sh\n".encode(),
    "/etc/group": f"learner:x:{INNER_ID}:\n".encode(),
    "/etc/hosts": b"127.0.0.1 localhost\n",
}
_BOOT = (
    "import sys; sys.path.insert(0, {root!r}); sys.path += {sites!r}; from runners.inside import guard; guard.main()"
)


@dataclass(frozen=True)
class Launch:
    """A guard about to be started.

    Attributes:
        argv: the command, to which the guard's orders are appended.
        env: its whole environment.
        cwd: folder to start in.
        scratch: folder for temporary files, as the job sees it.
        walled: whether the guard is pid 1 of its own namespace.
        data_fds: descriptors the command reads files from.
    """

    argv: tuple[str, ...]
    env: dict[str, str]
    cwd: str
    scratch: str
    walled: bool
    data_fds: tuple[int, ...] = field(default=())

    def command(self, job: Job, source: bytes, stdin: bytes, socket: int) -> list[str]:
        """Return the command with the orders for `job`."""
        limits = job.limits
        orders = {
            "socket": socket,
            "walled": int(self.walled),
            "name": safe_name(job.name),
            "scratch": self.scratch,
            "source_bytes": len(source),
            "stdin_bytes": len(stdin),
            **{name: getattr(limits, name) for name in ("wall_s", "cpu_s", "memory_mb", "processes", "file_mb")},
            **{name: getattr(limits, name) for name in ("artifacts", "artifact_mb")},
        }
        return [*self.argv, *(f"{name}={value}" for name, value in orders.items())]


def safe_name(name: str) -> str:
    """Return a file name that can go nowhere but into the work folder."""
    base = re.sub(r"[^\w.-]", "_", os.path.basename(name)).lstrip(".-")[:80]
    return base or "script.py"


def _python(home: PythonHome, root: str) -> tuple[str, ...]:
    # -I ignores every PYTHON* variable, so what is wanted of them is said by options; -B: nobody reads the bytecode.
    boot = _BOOT.format(root=root, sites=list(home.extra_sites))
    return (home.executable, "-I", "-u", "-B", "-X", "utf8", "-c", boot)


def trusted(home: PythonHome, folder: Path, fonts: tuple[str, bytes] | None = None) -> Launch:
    """Start the guard with no wall, in `folder` (made by the caller, removed by it afterwards)."""
    for name in ("files", "tmp", "home"):
        (folder / name).mkdir()
    if fonts:
        (folder / "home" / ".matplotlib").mkdir()
        (folder / "home" / ".matplotlib" / fonts[0]).write_bytes(fonts[1])
    scratch = str(folder / "tmp")
    env = environment(home, home_dir=str(folder / "home"), scratch=scratch)
    return Launch(_python(home, str(PACKAGE.parent)), env, str(folder / "files"), scratch, walled=False)


@contextmanager
def bubblewrap(
    bwrap: str, home: PythonHome, limits: Limits, fonts: tuple[str, bytes] | None = None
) -> Iterator[Launch]:
    """Start the guard as pid 1 of a bubblewrap sandbox; the descriptors it reads from live as long as the context."""
    files = {**FILES, **({f"/job/home/.matplotlib/{fonts[0]}": fonts[1]} if fonts else {})}
    fds = {path: _memory_file(content) for path, content in files.items()}
    try:
        env = environment(home, home_dir="/job/home", scratch="/tmp")
        argv = [*_as_nobody(bwrap, home), bwrap, *_namespaces(), *_filesystem(home, limits, fds)]
        for name, value in env.items():
            argv += ["--setenv", name, value]
        argv += ["--chdir", "/job/files", "--", *_python(home, ENGINE)]
        # bwrap itself gets no more than a PATH: what it was started with can be read in /proc by its own user.
        yield Launch(tuple(argv), {"PATH": "/usr/bin:/bin"}, "/", "/job/tmp", walled=True, data_fds=tuple(fds.values()))
    finally:
        for fd in fds.values():
            os.close(fd)


def _memory_file(content: bytes) -> int:
    fd = os.memfd_create("epoch")
    os.write(fd, content)  # all of it: memory does not fill up halfway
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _namespaces() -> list[str]:
    return [
        "--unshare-all", "--unshare-user", "--disable-userns", "--uid", str(INNER_ID), "--gid", str(INNER_ID),
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
        *("--ro-bind", str(PACKAGE / "__init__.py"), f"{ENGINE}/runners/__init__.py"),
        *("--ro-bind", str(PACKAGE / "inside"), f"{ENGINE}/runners/inside"),
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
    for name in ("null", "zero", "full", "random", "urandom"):
        args += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    return args


def _writable(limits: Limits) -> list[str]:
    """One tmpfs holds all that a job can write, so that one size covers it: work folder, /tmp and shared memory."""
    args = ["--size", str(limits.disk_mb * MiB), "--perms", "0755", "--tmpfs", "/job"]
    for name in ("files", "tmp", "shm", "home"):
        args += ["--dir", f"/job/{name}"]
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
    sources = [tree.source for tree in home.trees] + [PACKAGE / "inside"]
    hidden = unreachable_ancestors(sources)
    if not hidden:
        return drop
    args = [bwrap, "--die-with-parent", "--dev-bind", "/", "/"]
    for folder in hidden:
        args += ["--perms", "0755", "--tmpfs", str(folder)]
    for source in [*sources, PACKAGE / "__init__.py"]:
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
