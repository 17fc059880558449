"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file, and the folders it is to lie in; whoever reads it sees the old one or the new one.

    Args:
        path: where it is to lie; a device or a pipe (`/dev/stdout`) is written to, not replaced.
        content: all of it.
        private: whether only its owner may read it; else whoever may read any new file.

    Raises:
        OSError: it cannot be written; then nothing has changed.
    """
    with written_whole(path, private=private) as file:
        file.write(content)


@contextmanager
def written_whole(path: Path, *, private: bool = False, lasting: bool = False) -> Iterator[IO[bytes]]:
    """Open a file to write a long content to, piece by piece; as `write_whole`, of which it is the longer form.

    Args:
        path: where it is to lie.
        private: whether only its owner may read it.
        lasting: whether it has to be on the disk, whatever happens to the machine, when the block ends.

    Raises:
        OSError: it cannot be written; then nothing has changed, and neither has it when the block raises.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as device:
            yield device
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        if not private:
            os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
