"""Counting a job's disk by what its processes hold: everything that keeps the space of a deleted file is seen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runners.inside import disk
from runners.inside.remove import remove

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")


@contextmanager
def holding(script: str, folder: Path) -> Iterator[tuple[int, int]]:
    """Run a script up to where it has printed an inode and waits for its input; yield its pid and that inode."""
    command = [sys.executable, "-I", "-S", "-c", textwrap.dedent(script) + "\nimport sys; sys.stdin.read()"]
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            yield process.pid, int(process.stdout.readline())
        finally:
            process.kill()


HELD = {
    "a folder that is open": """
        import os
        os.mkdir("x"); fd = os.open("x", os.O_RDONLY); os.rmdir("x")
        print(os.fstat(fd).st_ino, flush=True)
    """,
    "a folder that is stood in": """
        import os
        os.mkdir("x"); os.chdir("x"); inode = os.stat(".").st_ino; os.rmdir("../x")
        print(inode, flush=True)
    """,
    "a file that is open": """
        import os
        fd = os.open("x", os.O_RDWR | os.O_CREAT); os.unlink("x")
        print(os.fstat(fd).st_ino, flush=True)
    """,
    "a file that is open behind others that come and go": """
        import os
        fd = os.open("x", os.O_RDWR | os.O_CREAT); os.unlink("x"); os.dup2(fd, 200); os.close(fd)
        print(os.fstat(200).st_ino, flush=True)
        while True:
            for at in range(60, 190): os.dup2(0, at)
            os.closerange(60, 190)
    """,
}


@pytest.mark.parametrize("how", HELD)
def test_what_is_deleted_and_held_is_seen_at_every_look(how: str, tmp_path: Path) -> None:
    with holding(HELD[how], tmp_path) as (pid, inode):
        assert all(inode in disk._opened(pid) for _ in range(200))


def test_a_deleted_program_that_runs_is_seen_without_its_mappings(tmp_path: Path) -> None:
    program = shutil.copy("/bin/sleep", tmp_path / "program")
    inode = os.stat(program).st_ino
    with subprocess.Popen([program, "600"]) as process:
        try:
            assert inode not in disk._opened(process.pid)  # it is still counted where it lies
            os.unlink(program)
            assert inode in disk._opened(process.pid)
        finally:
            process.kill()


MAPPED = """
    import ctypes, os
    libc = ctypes.CDLL(None)
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    for _ in range(DEPTH): os.mkdir("d" * 250); os.chdir("d" * 250)
    fd = os.open("x", os.O_RDWR | os.O_CREAT); os.write(fd, bytes(4096))
    for n in range(400): libc.mmap(None, 4096, 1 + 2 * (n % 2), 1, fd, 0)  # their rights keep them apart
    print(os.fstat(fd).st_ino, flush=True)
"""


@pytest.mark.parametrize(("depth", "is_over"), [(1, False), (120, True)])
def test_a_list_of_mappings_without_end_is_not_read_and_counts_as_hiding(
    depth: int, is_over: bool, tmp_path: Path
) -> None:
    top = tmp_path / "top"
    top.mkdir()
    with holding(MAPPED.replace("DEPTH", str(depth)), top) as (pid, _):
        assert disk.Disk(str(top), 64, 32, pid).is_over([pid], 0) == is_over
    remove(str(top))


def test_a_deleted_file_that_is_mapped_is_seen_by_whatever_name_its_folder_is_given(tmp_path: Path) -> None:
    (tmp_path / "real" / "job").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    script = """
        import ctypes, os
        fd = os.open("x", os.O_RDWR | os.O_CREAT); os.write(fd, bytes(4096)); os.unlink("x")
        ctypes.CDLL(None).mmap(None, 4096, 3, 1, fd, 0)
        inode = os.fstat(fd).st_ino; os.close(fd)
        print(inode, flush=True)
    """
    with holding(script, tmp_path / "real" / "job") as (pid, _):
        # A size that nobody knows counts as the largest file there may be.
        assert disk.Disk(str(tmp_path / "link" / "job"), 1, 2, pid).is_over([pid], 0)
        assert not disk.Disk(str(tmp_path / "link" / "job"), 3, 2, pid).is_over([pid], 0)
