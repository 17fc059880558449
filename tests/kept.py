"""What is made once for all tests: the index of the bank, in the cache of who runs them."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Keep the other processes of this run of tests waiting, which would build the same."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "tests.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
