"""Large pages: made where the kernel makes them, with the content as it was, and no dearer for what a fork changes."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
#: What the kernel says by itself, asked without the code that is tested.
ASKED = """
import mmap
block = mmap.mmap(-1, 4 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
block.write(b"x" * (4 << 20))
try:
    block.madvise(25)  # MADV_COLLAPSE: joins what lies within
except OSError as error:
    print(error.strerror)
"""
SCRIPT = """
import mmap, os
from runners.inside.pages import join_pages

def kb(name, file="/proc/self/smaps_rollup"):
    with open(file) as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith(name))

SIZE = 16 << 20
block = mmap.mmap(-1, SIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
block.madvise(mmap.MADV_NOHUGEPAGE)  # small to begin with, whatever this machine's default is
for at in range(0, SIZE, 4096):
    block[at] = at // 4096 % 251
block.madvise(mmap.MADV_HUGEPAGE)
before = kb("AnonHugePages")
made = join_pages()
print(made, kb("AnonHugePages") - before)
assert all(block[at] == at // 4096 % 251 for at in range(0, SIZE, 4096))
if os.fork() == 0:
    before = kb("Private_Dirty")
    for at in range(0, SIZE, SIZE // 4):
        block[at] = 1
    assert kb("Private_Dirty") - before < 1024, "each write copied a large page"
    os._exit(0)
assert os.wait()[1] == 0
assert block[SIZE // 4] == SIZE // 4 // 4096 % 251
"""


def program(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_small_pages_become_large_ones_and_a_fork_copies_small_ones() -> None:
    """Where the kernel refuses (before Linux 6.1), nothing is made and nothing harmed, which the program sees to."""
    refused = program(ASKED)
    made, gained_kb = map(int, program(SCRIPT).split())
    if refused:
        assert made == 0, f"the kernel said {refused!r}"
    else:
        assert made >= 4
        assert gained_kb >= 4 * 2048


LET_GO = """
import numpy, os, ssl, sqlite3
from runners.inside.pages import unmap_files

def kb(name):
    with open("/proc/self/smaps_rollup") as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith(name))

before = kb("Rss:")
anonymous = kb("Anonymous:")
freed = unmap_files()
print(freed // 1024, before - kb("Rss:"))
assert anonymous - kb("Anonymous:") < 64, "something was lost that is in no file"
assert numpy.linalg.inv(numpy.eye(3)).sum() == 3 and ssl.RAND_bytes(4) and sqlite3.connect(":memory:")
if os.fork() == 0:
    import decimal
    os._exit(0 if decimal.Decimal(1) + 1 == 2 else 1)
assert os.wait()[1] == 0
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_pages_of_files_go_and_come_back_when_they_are_used() -> None:
    freed_kb, less_kb = map(int, program(LET_GO).split())
    assert freed_kb > 4096
    assert less_kb > 4096
