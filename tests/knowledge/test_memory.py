"""What the C library keeps: each program is a process of its own, for the heap of this one belongs to the tests."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge import memory

ROOT = Path(__file__).resolve().parents[2]
GLIBC = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the functions are glibc's")
#: Pieces below the size that is mapped by itself, all freed but the last, which lies above them.
FREED = """
import os
def resident_mb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") >> 20
pieces = [bytes([number % 256]) * 20_000 for number in range(5_000)]
last = pieces[-1]
del pieces
before = resident_mb()
"""
HEAPS = """
import ctypes, threading
together = threading.Barrier(4)
def allocate():
    held = [bytearray(50_000) for _ in range(20)]
    together.wait(30)
threads = [threading.Thread(target=allocate) for _ in range(4)]
[each.start() for each in threads]
[each.join() for each in threads]
ctypes.CDLL(None).malloc_stats()
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)


@GLIBC
def test_what_lies_free_between_objects_that_stay_goes_back() -> None:
    kept = run(f"{FREED}print(before - resident_mb())")
    given = run(f"from knowledge.memory import give_back\n{FREED}assert give_back()\nprint(before - resident_mb())")
    assert int(kept.stdout) < 10
    assert int(given.stdout) > 60


@GLIBC
def test_threads_share_one_heap_where_they_are_told_to() -> None:
    assert run(HEAPS).stderr.count("Arena ") > 1
    assert run(f"from knowledge.memory import one_heap\nassert one_heap()\n{HEAPS}").stderr.count("Arena ") == 1


def test_a_library_without_these_functions_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_function", lambda name: None)
    assert not memory.one_heap()
    assert not memory.give_back()


def test_a_function_that_is_not_there_is_none() -> None:
    assert memory._function("no_such_function_of_any_library") is None
