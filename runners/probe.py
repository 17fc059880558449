"""Which wall works here, found by running a real job behind it, and what to do where none does."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from runners.errors import WallUnavailable
from runners.folders import run_folder
from runners.launch import bare, bubblewrap
from runners.models import Job, Limits
from runners.tree import kill_tree
from runners.visible import python_home
from runners.walls.table import AUTO, NO_WALL, WALLS, Wall, WallChoice, strength

TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class WallReport:
    """What a host needs to know about the wall.

    Attributes:
        wall: the wall jobs stand behind.
        why_not_better: why no better wall is in use; None when there is nothing better.
        fix: the one thing to do for a better one; None when there is nothing to do.
    """

    wall: Wall
    why_not_better: str | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class _Problem:
    why: str
    fix: str


def choose_wall(choice: WallChoice = AUTO) -> WallReport:
    """Pick the wall by running a tiny job behind it. Blocks for a tenth of a second or so.

    Args:
        choice: `auto` takes the best that works; a name takes that one or fails.

    Raises:
        WallUnavailable: the wall asked for by name does not work, or this system can run nothing at all.
    """
    if os.name != "posix":
        raise WallUnavailable("runs need Linux or macOS; on Windows, start Epoch inside WSL 2")
    if choice != "auto":
        return _asked_for(choice)
    best: _Problem | None = None
    for wall in (each for each, spec in WALLS.items() if spec.any_script):
        problem = _problem_of(wall)
        if problem is None:
            return WallReport(wall) if best is None else WallReport(wall, best.why, best.fix)
        best = best or problem
    assert best
    return WallReport(NO_WALL, best.why, best.fix)


def _asked_for(wall: Wall) -> WallReport:
    if not WALLS[wall].any_script:
        return WallReport(wall, "EPOCH_WALL asks for no wall", "set EPOCH_WALL=auto")
    problem = _problem_of(wall)
    if problem is not None:
        raise WallUnavailable(f"the {wall} wall does not work here: {problem.why}; {problem.fix}")
    asked = f"EPOCH_WALL asks for {wall}" if strength(wall) < len(WALLS) - 1 else None
    return WallReport(wall, asked, asked and "set EPOCH_WALL=auto")


def find_bwrap() -> str | None:
    """Return the path of bubblewrap's binary, None when it is not installed."""
    return shutil.which("bwrap", path=f"{os.environ.get('PATH', '')}:/usr/bin:/usr/local/bin:/bin")


def _problem_of(wall: Wall) -> _Problem | None:
    """Run a tiny job behind `wall`; return what stands against it, None when it works."""
    if sys.platform != "linux":
        return _Problem("walls need Linux", "run Epoch on Linux, or in a Linux virtual machine")
    return _bubblewrap_problem(wall) if WALLS[wall].bubblewrap else _bare_problem(wall)


def _bubblewrap_problem(wall: Wall) -> _Problem | None:
    bwrap = find_bwrap()
    if bwrap is None:
        return _Problem("bubblewrap is not installed", "apt install bubblewrap")
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return _Problem("setpriv, with which root is dropped, is not installed", "apt install util-linux")
    said = tried(wall, bwrap)
    return None if said is None else explain(said)


def _bare_problem(wall: Wall) -> _Problem | None:
    from runners.walls import landlock

    found = landlock.version()
    if found < landlock.SCOPED:
        what = f"version {found}" if found else "none"
        return _Problem(
            f"without namespaces Landlock has to keep signals in, which takes its version 6, and here is {what}",
            "use Linux 6.12 or newer, with landlock among the kernel's lsm=",
        )
    said = tried(wall, "")
    return None if said is None else explain(said)


def tried(wall: Wall, bwrap: str) -> str | None:
    """Run a tiny job; return None when it worked, else what was said."""
    job = Job("print(6 * 7)", limits=Limits(wall_s=TIMEOUT_S))
    source = job.script.encode()
    ours, theirs = socket.socketpair()
    with ours, ExitStack() as held:
        if WALLS[wall].bubblewrap:
            launch = held.enter_context(bubblewrap(bwrap, python_home(), job.limits, wall=wall))
        else:
            launch = bare(wall, python_home(), held.enter_context(run_folder()))
        with theirs:
            ours.sendall(source)  # before the start: a bwrap that fails at once would break the pipe
            process = subprocess.Popen(
                launch.cold(job, source, b"", theirs.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=(theirs.fileno(), *launch.data_fds),
                env=launch.env,
                cwd=launch.cwd,
                start_new_session=True,
            )
        with process:
            try:
                out, err = process.communicate(timeout=TIMEOUT_S)
            except subprocess.TimeoutExpired:
                kill_tree(process.pid)
                return f"a tiny job took more than {TIMEOUT_S:.0f} s"
        if out == b"42\n":
            return None
        said = err.decode("utf-8", "replace").strip()
        report = _last_words(ours)
    return said or report or f"exit status {process.returncode}, nothing said"


def _last_words(report: socket.socket) -> str:
    try:
        return report.recv(500).decode("utf-8", "replace").strip()
    except OSError:
        return ""  # it never came to reading its orders


def explain(said: str) -> _Problem:
    """Turn what bubblewrap said into a reason and the one thing to do about it."""
    if "Landlock" in said:
        return _Problem("this kernel has no Landlock, or it is off", "add landlock to the kernel's lsm= option")
    if "system calls for" in said:
        return _Problem("there is no table of system calls for this processor", "use an x86_64 or aarch64 machine")
    if "nknown option" in said:
        return _Problem("bubblewrap is older than 0.8", "install bubblewrap 0.8 or newer")
    if "proc on" in said:
        return _Problem(
            "this container hides parts of /proc, so no new one may be mounted",
            "start the container with --security-opt systempaths=unconfined",
        )
    if "namespace" in said or "uid map" in said or "Operation not permitted" in said:
        return _Problem(f"user namespaces are refused ({_last_line(said)})", _allow_namespaces())
    if "ermission denied" in said or "Can't find source path" in said:
        return _Problem(
            f"Python's files cannot be read by a user without rights ({_last_line(said)})",
            f"chmod -R o+rX {sys.prefix} {sys.base_prefix}",
        )
    return _Problem(f"a job behind bubblewrap failed ({_last_line(said)})", "run `bwrap --version`, update bubblewrap")


def _last_line(said: str) -> str:
    return said.splitlines()[-1][:200] if said else "nothing said"


def _allow_namespaces() -> str:
    if kernel_setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return "sysctl kernel.apparmor_restrict_unprivileged_userns=0 (or an AppArmor profile for bwrap)"
    if kernel_setting("kernel/unprivileged_userns_clone") == "0":
        return "sysctl kernel.unprivileged_userns_clone=1"
    if kernel_setting("user/max_user_namespaces") == "0":
        return "sysctl user.max_user_namespaces=15000"
    return "in a container: start it with --security-opt seccomp=unconfined, or run Epoch on the host"


def kernel_setting(name: str) -> str | None:
    """Return a setting below `/proc/sys`; None where there is none."""
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return None
