"""A PostgreSQL server of the tests' own: as a user that is not root, on a socket that nobody else uses."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob
from itertools import count
from pathlib import Path

import asyncpg
import pytest

#: initdb refuses to run as root; this user owns nothing but the server's folder.
_NOBODY = 65534
_NUMBERS = count(1)


def find(program: str) -> str | None:
    """The path of a program of PostgreSQL's, None where it is not installed."""
    return shutil.which(program) or next(iter(sorted(glob(f"/usr/lib/postgresql/*/bin/{program}"), reverse=True)), None)


#: Skips, and says why, where there is no server to start.
needs_postgres = pytest.mark.skipif(
    not all(map(find, ("initdb", "pg_ctl", "postgres"))), reason="PostgreSQL (initdb, pg_ctl) is not installed"
)
#: What a fixture takes as its parameters to have its tests run on both databases.
BOTH = ["sqlite", pytest.param("postgresql", marks=needs_postgres)]


class Postgres:
    """A server under way; every database it makes is gone with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def new_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"epoch_{next(_NUMBERS)}"
        connection = await asyncpg.connect(user="epoch", database="postgres", host=str(self._folder))
        try:
            await connection.execute(f"CREATE DATABASE {name}")
        finally:
            await connection.close()
        return f"postgresql+asyncpg://epoch@/{name}?host={self._folder}"

    def restart(self) -> None:
        """Stop the server, which ends every connection, and start it again."""
        _run(
            "pg_ctl", "-D", self._folder / "data", "-m", "fast", "-w", "-t", "60", "-l", self._folder / "log", "restart"
        )

    def stop(self) -> None:
        """Stop it as a host does who brings the server up to date: connections are cut, what was committed stays."""
        _run("pg_ctl", "-D", self._folder / "data", "-m", "fast", "-w", "stop")

    def start(self) -> None:
        """Start it, or start it again."""
        folder = self._folder
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c shared_buffers=16MB"
        _run("pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w", "-t", "60", "-o", options, "start")


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server, and stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="epoch-pg-", dir="/tmp"))  # a socket's path must be short
    try:
        if os.geteuid() == 0:
            os.chown(folder, _NOBODY, _NOBODY)
        data = folder / "data"
        _run("initdb", "-D", data, "-U", "epoch", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        server = Postgres(folder)
        server.start()
        try:
            yield server
        finally:
            _run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


def _run(program: str, *arguments: str | Path) -> None:
    path = find(program)
    assert path is not None
    who = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    # No pipes: the server would keep them open.
    done = subprocess.run(
        [path, *map(str, arguments)], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, timeout=120, check=False, **who,  # type: ignore[call-overload]
    )  # fmt: skip
    assert done.returncode == 0, f"{program} failed with {done.returncode}"
