"""The filter of system calls: a small BPF program built from `syscalls.REFUSED`, put on one process for good.

    program(machine) → instructions → install → the kernel asks it at every call, of this process and all it starts

Source: Documentation/userspace-api/seccomp_filter.rst and include/uapi/linux/{seccomp,filter,bpf_common}.h.
"""

from __future__ import annotations

import ctypes
import os
import struct
from errno import EINVAL, ENOMEM, ENOSYS, ENOTTY, EPERM
from typing import NamedTuple

from runners.walls import libc, syscalls

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
SECCOMP = {"x86_64": 317, "aarch64": 277}
#: x86-64 has a second numbering of calls (x32), from here on.
_X32 = 0x40000000

_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets into struct seccomp_data
_SET_MODE_FILTER = 1
_EVERY_BIT = 0xFFFFFFFF

Instruction = tuple[int, int, int, int]


class Test(NamedTuple):
    """A look at one argument of a call: whether its bits of `mask` are `value`.

    Only the low 32 bits are seen: the kernel, too, reads no more of the arguments that are looked at here.
    """

    argument: int
    value: int
    mask: int = _EVERY_BIT


class Rule(NamedTuple):
    """When a call is refused: where all of `hits` are as they say and, if there are any, not all of `unless`."""

    hits: tuple[Test, ...] = ()
    unless: tuple[Test, ...] = ()
    errno: int = EPERM


_CLONE_NEW = 0x7E020000  # every flag that makes a namespace, and with it a new root
_AF_UNIX, _SOCK_STREAM, _SOCK_KIND = 1, 1, 0xF
_SO_SNDBUF, _SO_RCVBUF, _SO_SNDBUFFORCE, _SO_RCVBUFFORCE = 7, 8, 32, 33
_SO_ATTACH_FILTER, _SO_ATTACH_BPF = 26, 50
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
#: The second byte of a request is the letter of those who answer it: all file systems, ext4's own and versions, XFS's
#: and attributes, btrfs's and clones, F2FS's.
_IOCTL_KIND, _IOCTLS_OF_FILES = 0xFF00, (ord("f"), ord("v"), ord("X"), 0x94, 0xF5)
_F_OFD_SETLK, _F_OFD_SETLKW = 37, 38
_F_SETLEASE, _F_NOTIFY, _F_SETPIPE_SZ = 1024, 1026, 1031
_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_MM, _PR_SCHED_CORE, _PR_SET_MEMORY_MERGE = 4, 22, 35, 62, 67
_MADV_MERGEABLE, _MADV_COLD, _MADV_PAGEOUT = 12, 20, 21
_MAP_SHARED, _MAP_ANONYMOUS, _MAP_HUGETLB = 0x01, 0x20, 0x40000

#: What is refused by its arguments. The first rule that applies decides.
BY_ARGUMENT: dict[str, tuple[Rule, ...]] = {
    "clone": (Rule(unless=(Test(0, 0, _CLONE_NEW),)),),
    # A pair of datagram sockets can be turned to any address, a path included, after it was made.
    "socketpair": (Rule(unless=(Test(0, _AF_UNIX), Test(1, _SOCK_STREAM, _SOCK_KIND))),),
    # What lies in a socket or a pipe is no process's memory; the guard counts each at the size it has by default.
    "setsockopt": tuple(
        Rule((Test(2, each),))
        for each in (_SO_SNDBUF, _SO_RCVBUF, _SO_SNDBUFFORCE, _SO_RCVBUFFORCE, _SO_ATTACH_FILTER, _SO_ATTACH_BPF)
    ),
    # Leases and notices of a folder, like inotify, tell what others do with files; a lease makes them wait as well.
    # Locks that belong to a descriptor, not to a process, tell nobody in whose memory they are to be counted.
    "fcntl": (
        *(Rule((Test(1, each),)) for each in (_F_SETPIPE_SZ, _F_SETLEASE, _F_NOTIFY)),
        *(Rule((Test(1, each),), errno=EINVAL) for each in (_F_OFD_SETLK, _F_OFD_SETLKW)),
    ),
    "ioctl": (
        # Put characters into the queue of a terminal, as if its user had typed them.
        *(Rule((Test(1, each),)) for each in (_TIOCSTI, _TIOCLINUX)),
        # A file that can only be read has its attributes, version and seal changed by these, which Landlock does not
        # cover; and disk is taken by them that no count of written bytes shows.
        *(Rule((Test(1, each << 8, _IOCTL_KIND),), errno=ENOTTY) for each in _IOCTLS_OF_FILES),
    ),
    # The guard, and in the open other programs of the same user, can be met by number: a job that took the guard's
    # descriptors or its core away would be watched by nobody. Limits, ranks and cores are for one's own process only;
    # the group of processes is not, the guard's can be joined.
    "prlimit64": (Rule(unless=(Test(0, 0),)),),
    "setpriority": (Rule(unless=(Test(0, os.PRIO_PROCESS), Test(1, 0))),),
    "sched_setaffinity": (Rule(unless=(Test(0, 0),)),),
    "prctl": (
        Rule((Test(0, _PR_SET_DUMPABLE), Test(1, 0))),  # out of the guard's sight: its files and memory with it
        Rule((Test(0, _PR_SET_MM),)),  # where a stack begins tells the guard a fork of the zygote from a new program
        Rule((Test(0, _PR_SCHED_CORE),)),  # keeps others off the other half of a core
        Rule((Test(0, _PR_SET_SECCOMP),)),  # as the call `seccomp`
        Rule((Test(0, _PR_SET_MEMORY_MERGE),)),  # as MADV_MERGEABLE
    ),
    # What is put out of memory into swap is in no process's size any more; what is joined with equal pages is shared
    # with other jobs, who can tell by the time that a write takes what those hold.
    "madvise": tuple(Rule((Test(2, each),), errno=EINVAL) for each in (_MADV_MERGEABLE, _MADV_COLD, _MADV_PAGEOUT)),
    # Such pages lie in an object that lives on when they are given back: no process shows them, and only the machine
    # as a whole counts them. Shared memory is files in /dev/shm, which are counted (`multiprocessing` makes those).
    # Reserved large pages are counted nowhere either.
    "mmap": (
        Rule((Test(3, _MAP_SHARED | _MAP_ANONYMOUS, _MAP_SHARED | _MAP_ANONYMOUS),), errno=ENOMEM),
        Rule((Test(3, _MAP_HUGETLB, _MAP_HUGETLB),), errno=ENOMEM),
    ),
}


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
        refused: number → errno; None takes the table's, and all of `BY_ARGUMENT`. Where another's filter is rebuilt by
            a table of its own, of those only that no namespace can be made.
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
    by_argument = BY_ARGUMENT if refused is None else {"clone": BY_ARGUMENT["clone"]}
    for name, rules in by_argument.items():
        code += _refuse(syscalls.BY_ARGUMENT[name][column], rules)
    for number, errno in sorted((refused if refused is not None else refused_numbers(machine, bare)).items()):
        code += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | errno)]
    code.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *each) for each in code)


def _refuse(number: int, rules: tuple[Rule, ...]) -> list[Instruction]:
    """Allow call `number` unless a rule says otherwise."""
    body = [instruction for rule in rules for instruction in _compile(rule)]
    body.append((_RETURN, 0, 0, _ALLOW))
    return [(_EQUAL, 0, len(body), number), *body]


def _compile(rule: Rule) -> list[Instruction]:
    """Return what refuses by `rule` and else goes on behind itself; made from its end, where its jumps lead."""
    code: list[Instruction] = [(_RETURN, 0, 0, _ERRNO | rule.errno)]
    for number, test in enumerate(reversed(rule.unless)):
        last = number == 0
        code = [*_load(test), (_EQUAL, len(code) if last else 0, len(code) - 1, test.value), *code]
    for test in reversed(rule.hits):
        code = [*_load(test), (_EQUAL, 0, len(code), test.value), *code]
    return code


def _load(test: Test) -> list[Instruction]:
    load: Instruction = (_LOAD, 0, 0, _ARGUMENTS + 8 * test.argument)
    return [load] if test.mask == _EVERY_BIT else [load, (_AND, 0, 0, test.mask)]


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
