"""What a walled job may see of this machine: the system's libraries, and what Python itself needs. Nothing else.

Of Python's packages Epoch's own are hidden: an installed bank lies among them, with the solutions of its drills.
"""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
#: Of /etc: where libraries and fonts are, and the time zone. `alternatives` holds links that libraries go through.
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "timezone")
#: OpenMP, TensorFlow and PyTorch count cores here and complain on standard error when they cannot.
SYS = ("/sys/devices/system/cpu", "/sys/devices/system/node")
#: What Epoch installs. No job imports any of it: the parts of `runners` that stand around one come another way.
_OWN = ("bot", "knowledge", "runners")


@dataclass(frozen=True)
class Tree:
    """A folder shown read-only: where it really lies, and where the job sees it."""

    source: Path
    shown_at: Path


@dataclass(frozen=True)
class PythonHome:
    """What it takes to start this interpreter with its packages.

    Attributes:
        executable: the interpreter, by the path under which it finds its virtual environment.
        trees: folders outside the system's own that it reads.
        links: symlinks between `executable` and the real binary that lie in none of the trees: (path, target).
        extra_sites: package folders that an isolated interpreter would not look into (the user's own).
        hidden: folders within the trees, or the system's own, that no job sees: by the paths at which it would.
    """

    executable: str
    trees: tuple[Tree, ...]
    links: tuple[tuple[str, str], ...]
    extra_sites: tuple[str, ...]
    hidden: tuple[Path, ...] = ()


def python_home(hidden: Iterable[Path] = ()) -> PythonHome:
    """Find what the running interpreter needs.

    Only prefixes and folders named `site-packages` or `dist-packages` count: an entry of `sys.path` may just as well be
    the source tree of an editable install, which a job must not see.

    Args:
        hidden: folders that no job may see, besides Epoch's own: of banks that are installed as packages, say.
    """
    prefixes = [Path(prefix) for prefix in (sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix)]
    sites = [Path(entry) for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    wanted = prefixes + sites
    trees: list[Tree] = []
    for path in wanted:
        if path.is_dir():
            # Both names are needed where one is a link: configuration may hold either.
            for tree in (Tree(path.resolve(), path), Tree(path.resolve(), path.resolve())):
                if not _covered(tree.shown_at, trees):
                    trees.append(tree)
    extra = [entry for entry in sys.path if site.ENABLE_USER_SITE and entry == site.getusersitepackages()]
    links = _links(sys.executable, trees)
    own = {*_own_folders({*prefixes, Path("/usr"), Path("/usr/local")}, sites), *(path.resolve() for path in hidden)}
    return PythonHome(sys.executable, tuple(trees), tuple(links), tuple(extra), tuple(sorted(_shown(own, trees))))


def _own_folders(prefixes: Iterable[Path], sites: Iterable[Path]) -> Iterator[Path]:
    """Yield where Epoch's packages lie: those that run, and others that a job could find beside them."""
    found = {site for prefix in prefixes for site in prefix.glob("lib*/python3*/*-packages")} | set(sites)
    installed = {site.resolve() for site in found if (site / "knowledge" / "topics").is_dir()}
    for folder in {PACKAGE.parent, *installed}:
        yield from (path.resolve() for name in _OWN if (path := folder / name).is_dir())


def _shown(folders: Iterable[Path], trees: Iterable[Tree]) -> set[Path]:
    """Return the paths at which a job would see the folders; none for those that lie in nothing that is shown."""
    system = {Path(name).resolve() for name in SYSTEM}
    return {
        *(folder for folder in folders if any(folder.is_relative_to(each) for each in system)),
        *(
            tree.shown_at / folder.relative_to(tree.source)
            for folder in folders
            for tree in trees
            if folder.is_relative_to(tree.source)
        ),
    }


def _covered(path: Path, trees: list[Tree]) -> bool:
    return any(path.is_relative_to(system) for system in SYSTEM) or any(
        path.is_relative_to(tree.shown_at) for tree in trees
    )


def _links(executable: str, trees: list[Tree]) -> list[tuple[str, str]]:
    links = []
    path = executable
    while os.path.islink(path):
        target = os.readlink(path)
        if not _covered(Path(path), trees):
            links.append((path, target))
        path = os.path.normpath(os.path.join(os.path.dirname(path), target))
    return links


def environment(home: PythonHome, *, home_dir: str, scratch: str, slots: int = 1) -> dict[str, str]:
    """Return the whole environment of a job. Nothing of the runner's own is passed on, so no secret can be.

    Args:
        home: the interpreter.
        home_dir: the job's home folder.
        scratch: the job's folder for temporary files.
        slots: how many jobs run at once. They share the cores: where each took all of them, the threads of their
            matrix products would spin against each other, and all jobs together would get less done.
    """
    cores = str(max(1, min(4, (os.cpu_count() or 1) // slots)))
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
    return {
        "PATH": f"{os.path.dirname(home.executable)}:/usr/local/bin:/usr/bin:/bin",
        "HOME": home_dir,
        "USER": "learner",
        "TMPDIR": scratch,
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": os.path.join(home_dir, ".matplotlib"),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_NUM_INTEROP_THREADS": cores,
        "CUDA_VISIBLE_DEVICES": "-1",
        # Without a network a download can only fail: at once, not after half a minute of further tries.
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        # A learner's program reports to no library's maker either: where there is a network, that would take its time.
        "ORT_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        **dict.fromkeys(threads, cores),
    }


def unreachable_ancestors(sources: list[Path]) -> list[Path]:
    """Return the folders that keep a user with no rights of its own from reaching `sources`, outermost only."""
    found: list[Path] = []
    for source in sources:
        for ancestor in reversed(source.parents):
            if not os.stat(ancestor).st_mode & 0o001:
                if ancestor not in found:
                    found.append(ancestor)
                break
    return found
