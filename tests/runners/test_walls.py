"""The parts of the walls, each by itself: the table, the filter built from it, Landlock; removing what was left."""

import ctypes
import ctypes.util
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runners.inside.remove import remove
from runners.walls import landlock, libc, seccomp, syscalls

TABLE = {**syscalls.REFUSED, **syscalls.REFUSED_BARE}
BY_ARGUMENT = syscalls.BY_ARGUMENT
REPOSITORY = Path(__file__).resolve().parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


def test_each_refused_call_has_its_reason_and_its_place() -> None:
    assert all(len(reason) > 15 for *_, reason in TABLE.values())
    assert not set(syscalls.REFUSED) & set(syscalls.REFUSED_BARE)
    for column in range(2):
        numbers = [row[column] for row in TABLE.values() if row[column] is not None]
        assert len(numbers) == len(set(numbers))
        assert all(0 <= number <= syscalls.NEWEST for number in numbers)


@pytest.mark.parametrize("machine", seccomp.AUDIT_ARCH)
def test_the_numbers_are_those_that_libseccomp_knows(machine: str) -> None:
    name = ctypes.util.find_library("seccomp")
    if name is None:
        pytest.skip("libseccomp is not installed, which nothing but this comparison needs")
    resolve = ctypes.CDLL(name).seccomp_syscall_resolve_name_arch
    resolve.argtypes = [ctypes.c_uint32, ctypes.c_char_p]
    column = seccomp.column_of(machine)
    ours = {**{name: row[column] for name, row in TABLE.items()}, **{n: row[column] for n, row in BY_ARGUMENT.items()}}
    theirs = {name: resolve(seccomp.AUDIT_ARCH[machine], name.encode()) for name in ours}
    # -1: younger than the library. Below that: none on this processor.
    known = {name: number if number >= 0 else None for name, number in theirs.items() if number != -1}
    wrong = {name: (ours[name], number) for name, number in known.items() if ours[name] != number}
    assert not wrong
    assert sum(number > 0 for number in theirs.values()) > 70


def run_filter(code: bytes, arch: int, number: int, *arguments: int) -> int:
    """Interpret the BPF program as the kernel does; return its verdict."""
    data = struct.pack("=IIQ6Q", number, arch, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    program = list(struct.iter_unpack("=HBBI", code))
    at = accumulator = 0
    while True:
        kind, hit, miss, value = program[at]
        at += 1
        match kind:
            case 0x20:
                accumulator = struct.unpack_from("=I", data, value)[0]
            case 0x15:
                at += hit if accumulator == value else miss
            case 0x35:
                at += hit if accumulator >= value else miss
            case 0x54:
                accumulator &= value
            case 0x06:
                return value
            case _:
                raise AssertionError(f"unknown instruction {kind:#x}")


ALLOW, KILL = 0x7FFF0000, 0x80000000


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize("machine", seccomp.AUDIT_ARCH)
@given(number=st.integers(0, 600), argument=st.integers(0, 2**64 - 1))
def test_the_filter_refuses_what_the_table_says_and_nothing_else(
    machine: str, bare: bool, number: int, argument: int
) -> None:
    column, arch = seccomp.column_of(machine), seccomp.AUDIT_ARCH[machine]
    refused = seccomp.refused_numbers(machine, bare)
    verdict = run_filter(seccomp.program(machine, bare=bare), arch, number, argument)
    by_argument = {row[column] for row in BY_ARGUMENT.values()}
    if number > syscalls.NEWEST:
        assert verdict == 0x00050000 | 38
    elif number in refused:
        assert verdict == 0x00050000 | refused[number]
    elif number not in by_argument:
        assert verdict == ALLOW


@pytest.mark.parametrize("machine", seccomp.AUDIT_ARCH)
def test_arguments_decide_where_a_call_is_good_and_bad(machine: str) -> None:
    column, arch = seccomp.column_of(machine), seccomp.AUDIT_ARCH[machine]

    def asked(name: str, *arguments: int, bare: bool = True) -> bool:
        return run_filter(seccomp.program(machine, bare=bare), arch, BY_ARGUMENT[name][column], *arguments) == ALLOW

    assert asked("clone", 0x01200011)  # what fork is made of
    assert not asked("clone", 0x10000000 | 17)  # a user namespace
    stream, datagram, seqpacket, raw, closing, not_blocking = 1, 2, 5, 3, 0o2000000, 0o4000
    assert asked("socketpair", 1, stream)
    assert asked("socketpair", 1, stream | closing | not_blocking)
    assert not any(asked("socketpair", 1, kind | closing) for kind in (datagram, seqpacket, raw, 0))
    assert not asked("socketpair", 2, stream)
    assert asked("setsockopt", 3, 1, 4)
    assert not any(asked("setsockopt", 3, 1, buffer) for buffer in (7, 8, 32, 33))
    assert not any(asked("setsockopt", 3, 1, program) for program in (26, 50))
    assert asked("ioctl", 0, 0x5401)
    assert not asked("ioctl", 0, 0x5412)
    assert not asked("ioctl", 0, 0x541C)
    assert asked("ioctl", 0, 0x541B)  # how much waits to be read
    attributes, version, preallocate, clone, seal = 0x40086602, 0x40087602, 0x40305828, 0x40049409, 0x40806685
    assert not any(asked("ioctl", 0, each) for each in (attributes, version, preallocate, clone, seal))
    assert asked("fcntl", 0, 4)
    assert asked("fcntl", 0, 1030)  # a copy that is closed at the start of another program
    assert not any(asked("fcntl", 0, command) for command in (1024, 1026, 1031, 37, 38))
    assert asked("prctl", 15)
    assert asked("prctl", 4, 1)
    assert not any(asked("prctl", option) for option in (4, 22, 35, 62, 67))
    given_back, filled, joined, cold, swapped = 4, 22, 12, 20, 21
    assert asked("madvise", 0, 4096, given_back)
    assert asked("madvise", 0, 4096, filled)
    assert not any(asked("madvise", 0, 4096, advice) for advice in (joined, cold, swapped))
    private, shared, validated, anonymous, large = 0x02, 0x01, 0x03, 0x20, 0x40000
    assert asked("mmap", 0, 4096, 3, private | anonymous)
    assert asked("mmap", 0, 4096, 3, shared)
    assert not any(asked("mmap", 0, 4096, 3, kind | anonymous) for kind in (shared, validated, private | large))


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize("machine", seccomp.AUDIT_ARCH)
def test_limits_rank_and_cores_are_for_oneself_behind_every_wall(machine: str, bare: bool) -> None:
    column, arch = seccomp.column_of(machine), seccomp.AUDIT_ARCH[machine]

    def asked(name: str, *arguments: int) -> bool:
        return run_filter(seccomp.program(machine, bare=bare), arch, BY_ARGUMENT[name][column], *arguments) == ALLOW

    for name in ("prlimit64", "sched_setaffinity"):
        assert asked(name, 0)
        assert not asked(name, 1)
        assert not asked(name, 77)
    assert asked("setpriority", os.PRIO_PROCESS, 0)
    assert not asked("setpriority", os.PRIO_PROCESS, 1)
    assert not asked("setpriority", os.PRIO_PGRP, 0)  # the guard's group can be joined
    assert not asked("setpriority", os.PRIO_USER, 0)


def test_another_numbering_is_killed_or_refused() -> None:
    code = seccomp.program("x86_64")
    assert run_filter(code, 0x40000003, 1) == KILL  # 32-bit calls
    assert run_filter(code, seccomp.AUDIT_ARCH["x86_64"], 0x40000000 | 41) != ALLOW  # x32
    with pytest.raises(seccomp.Unsupported):
        seccomp.program("riscv64")


@linux
def test_landlock_leaves_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    if not landlock.version():
        pytest.skip("this kernel has no Landlock")
    (tmp_path / "open").mkdir()
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "a").write_text("secret")
    script = f"""
import os
from runners.walls import landlock
own = ({str(tmp_path / "open")!r}, landlock.READ | landlock.CHANGE)
landlock.restrict([("/usr", landlock.READ), own, ("/none", 1)])
open({str(tmp_path / "open" / "b")!r}, "w").write("x")
for what in (lambda: open({str(tmp_path / "closed" / "a")!r}), lambda: open({str(tmp_path / "closed" / "b")!r}, "w"),
             lambda: os.listdir({str(tmp_path)!r}), lambda: os.mkfifo({str(tmp_path / "closed" / "f")!r}),
             lambda: os.kill(os.getppid(), 0)):
    try:
        what()
        print("WORKED")
    except PermissionError:
        print("refused")
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    refused = 5 if landlock.version() >= landlock.SCOPED else 4
    assert done.stdout.count("refused") == refused
    assert (tmp_path / "open" / "b").read_text() == "x"


@linux
def test_a_part_that_fails_says_so() -> None:
    with pytest.raises(OSError, match="system call"):
        libc.syscall(syscalls.NEWEST + 400)
    with pytest.raises(OSError, match="prctl"):
        libc.prctl(-1)


def test_whatever_hostile_hands_left_is_removed_and_nothing_outside(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    folder = tmp_path / "job"
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    os.mkfifo(folder / "pipe")
    (folder / "locked").mkdir()
    (folder / "locked" / "in").mkdir()
    (folder / "locked" / "in").chmod(0)
    (folder / "locked").chmod(0)
    here = os.getcwd()
    try:
        os.chdir(folder)
        for _ in range(1500):  # deeper than a recursion may be, and longer than a path
            os.mkdir("d" * 10)
            os.chdir("d" * 10)
    finally:
        os.chdir(here)
    remove(str(folder))
    assert not folder.exists()
    assert (outside / "kept").read_text() == "x"
    remove(str(folder))  # what is not there is no trouble
