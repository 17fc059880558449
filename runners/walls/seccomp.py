"""The filter of system calls: a small BPF program built from `syscalls.REFUSED`, put on one process for good.

    program(machine) → instructions → install → the kernel asks it at every call, of this process and all it starts

Source: Documentation/userspace-api/seccomp_filter.rst and include/uapi/linux/{seccomp,filter,bpf_common}.h.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterable
from errno import ENOSYS, EPERM

from runners.walls import libc, syscalls

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
SECCOMP = {"x86_64": 317, "aarch64": 277}
#: Flags of clone that make a namespace, and with it a new root: all of them are `CLONE_NEW…`.
NEW_NAMESPACE = 0x7E020000
#: Put characters into the queue of a terminal, as if its user had typed them.
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
AF_UNIX = 1
PRIO_USER = 2
#: x86-64 has a second numbering of calls (x32), from here on.
_X32 = 0x40000000

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCH, _FIRST, _SECOND = 0, 4, 16, 24  # offsets into struct seccomp_data; the low half of each argument
_SET_MODE_FILTER = 1

Instruction = tuple[int, int, int, int]


class Unsupported(OSError):
    """There is no table for this processor."""


def refused_numbers(machine: str, bare: bool = False) -> dict[int, int]:
    """Return number → errno of what is refused on `machine`, whatever the arguments.

    Args:
        machine: `x86_64` or `aarch64`.
        bare: whether no namespaces stand around the process.
    """
    column = column_of(machine)
    table = {**syscalls.REFUSED, **(syscalls.REFUSED_BARE if bare else {})}
    rows = ((row[:2][column], row[2]) for row in table.values())
    return {number: errno for number, errno in rows if number is not None}


def column_of(machine: str) -> int:
    """Return the column of `machine` in the tables.

    Raises:
        Unsupported: it has none.
    """
    if machine not in AUDIT_ARCH:
        raise Unsupported(ENOSYS, f"no table of system calls for {machine}")
    return list(AUDIT_ARCH).index(machine)


def program(
    machine: str, refused: dict[int, int] | None = None, newest: int | None = syscalls.NEWEST, *, bare: bool = False
) -> bytes:
    """Return the filter as the kernel takes it.

    Args:
        machine: `x86_64` or `aarch64`.
        refused: number → errno; None takes the table's.
        newest: the last call known; later ones do not exist for the job. None lets them pass.
        bare: whether no namespaces stand around the process.

    Raises:
        Unsupported: there is no table for this processor.
    """
    column = column_of(machine)
    code: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, _KILL),  # another processor's numbering would make every rule below mean something else
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _ERRNO | ENOSYS),
    ]
    if newest is not None:
        code += [(_AT_LEAST, 0, 1, newest + 1), (_RETURN, 0, 0, _ERRNO | ENOSYS)]
    code += _unless(syscalls.CLONE[column], [(_FIRST, _ANY_BIT, NEW_NAMESPACE, True)])
    code += _unless(syscalls.SOCKETPAIR[column], [(_FIRST, _EQUAL, AF_UNIX, False)])
    code += _unless(syscalls.IOCTL[column], [(_SECOND, _EQUAL, each, True) for each in (TIOCSTI, TIOCLINUX)])
    # The guard, and in the open other programs of the same user, can be met by number: a job that took the guard's
    # descriptors away would end it. Limits and ranks are for one's own process only.
    code += _unless(syscalls.PRLIMIT[column], [(_FIRST, _EQUAL, 0, False)])
    other = [(_FIRST, _EQUAL, PRIO_USER, True), (_SECOND, _EQUAL, 0, False)]
    code += _unless(syscalls.SETPRIORITY[column], other)
    for number, errno in sorted((refused if refused is not None else refused_numbers(machine, bare)).items()):
        code += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | errno)]
    code.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *each) for each in code)


def _unless(number: int, tests: Iterable[tuple[int, int, int, bool]]) -> list[Instruction]:
    """Allow call `number` unless a test (offset of the argument, kind, value, whether a hit refuses) says otherwise."""
    body: list[Instruction] = []
    for offset, kind, value, refuses in tests:
        body += [(_LOAD, 0, 0, offset), (kind, 0, 1, value) if refuses else (kind, 1, 0, value)]
        body.append((_RETURN, 0, 0, _ERRNO | EPERM))
    body.append((_RETURN, 0, 0, _ALLOW))
    return [(_EQUAL, 0, len(body), number), *body]


def install(code: bytes | None = None) -> None:
    """Put the filter on this process, for good; gives up new privileges first, as the kernel demands.

    Raises:
        OSError: the kernel has no seccomp filters, or there is no table for this processor.
    """
    machine = libc.machine()
    code = program(machine) if code is None else code
    libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)
    body = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(body)))
    libc.syscall(SECCOMP[machine], _SET_MODE_FILTER, 0, header)
