"""The orders for a guard: `name=value` words, on a command line or, to a zygote, in one datagram.

Plain code, because importing `json` and `dataclasses` would add 20 ms to a cold start. Every word is checked: no
message may crash a zygote.
"""

from __future__ import annotations

#: name → how it is read; every one must be given, and no other.
_WORDS = {
    "name": str,
    "place": str,
    "own_pids": int,
    "seccomp": int,
    "landlock": str,
    "nproc": int,
    "group": int,
    "user": int,
    "private": int,
    "source_bytes": int,
    "stdin_bytes": int,
    "pasted": int,
    "wall_s": float,
    "cpu_s": float,
    "memory_mb": int,
    "processes": int,
    "file_mb": int,
    "disk_mb": int,
    "artifacts": int,
    "artifact_mb": int,
}
MAX_BYTES = 32 * 1024
#: Descriptors that come with every job: its socket, standard output and error. And those of its control group, if any.
STREAMS, GROUP = 3, 2
_RIGHTS = "rfch"


class OrdersError(ValueError):
    """These words are no orders."""


class Orders:
    """One job's orders.

    Attributes:
        name: file name of the script.
        place: the job's own folder; `files`, `tmp` and `home` lie in it.
        own_pids: whether the guard is pid 1 of a pid namespace and `place` is a file system of the job's own.
        seccomp: whether the script gets the filter of system calls.
        landlock: (rights, path) that Landlock leaves to the script, rights being `r` read, `f` open a file, `c` change,
            and `h` for what is hidden although it lies in something that is read; none at all means no Landlock.
        nproc: how the kernel limits processes, of which it counts all of a user's (RLIMIT_NPROC): 0 not at all; 1 at
            the job's limit, where the user is the job's alone; 2 at that limit and what the user runs already.
        group: whether two more descriptors come: one to join the job's control group by, one that tells its CPU time.
        user: uid to become, -1 to stay.
        private: whether Python's files are out of that user's reach.
        pasted: whether the script is mended and shown as a notebook would (`runners.inside.script`).
    """

    name: str
    place: str
    own_pids: int
    seccomp: int
    nproc: int
    group: int
    user: int
    private: int
    source_bytes: int
    stdin_bytes: int
    pasted: int
    wall_s: float
    cpu_s: float
    memory_mb: int
    processes: int
    file_mb: int
    disk_mb: int
    artifacts: int
    artifact_mb: int

    def __init__(self, words: list[str]) -> None:
        given = {}
        for word in words:
            name, equals, value = word.partition("=")
            if not equals or name not in _WORDS or name in given:
                raise OrdersError(f"unexpected word {word[:40]!r}")
            given[name] = value
        if len(given) != len(_WORDS):
            raise OrdersError(f"missing: {', '.join(sorted(set(_WORDS) - set(given)))}")
        for name, read in _WORDS.items():
            try:
                number: int | float | str = read(given[name])
            except ValueError:
                raise OrdersError(f"{name} cannot be {given[name][:40]!r}") from None
            if not isinstance(number, str) and not -1 <= number < 1 << 40:
                raise OrdersError(f"{name} is out of range")
            setattr(self, name, number)
        self.landlock = [(line[0], line[1:]) for line in given["landlock"].split("\n") if line]
        if any(right not in _RIGHTS or not path.startswith("/") for right, path in self.landlock):
            raise OrdersError("a rule of Landlock has no right or no path")
        if not self.place.startswith("/") or not self.name or "/" in self.name:
            raise OrdersError("place is no path, or name is one")

    @property
    def files(self) -> str:
        """The work folder."""
        return f"{self.place}/files"

    @property
    def scratch(self) -> str:
        """The folder of temporary files."""
        return f"{self.place}/tmp"

    @property
    def home(self) -> str:
        """The home folder."""
        return f"{self.place}/home"


def pack(kind: str, number: int, words: list[str]) -> bytes:
    """Return a request to a zygote: `run` with orders, or `kill` with none."""
    return "\0".join([kind, str(number), *words]).encode("utf-8", "surrogateescape")


def unpack(datagram: bytes) -> tuple[str, int, list[str]]:
    """Return kind, number of the job, and words of a request.

    Raises:
        OrdersError: it is none.
    """
    if len(datagram) > MAX_BYTES:
        raise OrdersError("too long")
    kind, _, rest = datagram.decode("utf-8", "surrogateescape").partition("\0")
    number, _, words = rest.partition("\0")
    if kind not in ("run", "kill") or not (number.isascii() and number.isdigit() and len(number) < 16):
        raise OrdersError(f"unknown request {kind[:40]!r}")
    return kind, int(number), words.split("\0") if words else []
