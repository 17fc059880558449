"""What a job may not ask of the kernel, and why: the table that the filter is built from.

Everything else is allowed: TensorFlow, NumPy and what they load use some two hundred calls, and differ by version. A
call newer than this table is answered as if the kernel did not know it, so that none slips in unread.

Numbers are the kernel's own: `arch/x86/entry/syscalls/syscall_64.tbl`, and `include/uapi/asm-generic/unistd.h` for
aarch64.
"""

from __future__ import annotations

from errno import ENOSYS, EOPNOTSUPP, EPERM

#: Answered as done, and nothing is done: no example needs it, and programs do it in passing.
IGNORED = 0
#: The last call read before this table was written (Linux 6.8: 461 is lsm_list_modules).
NEWEST = 461

_MOUNT = "mounts: the file tree is the wall's"
_OTHERS = "looks into or moves another process"
_WHO = "changes who the process is"
_KERNEL = "a large part of the kernel that no example needs, and where holes have been found"
_HOST = "belongs to the host, not to one program"
_UNSEEN = "memory that no process maps escapes the memory limit"
_SYSV = "System V objects belong to a user, not to a wall, and outlive the process"
_MODULE = "loads code into the kernel"
_RANK = "the guard, and in the open other programs of the same user, can be met by number and moved down in the queue"
_WATCH = "tells what others do with files that both can see, and one user's programs share the number of such watches"
_FLIGHT = "puts descriptors in flight, where no process holds them and nobody counts what they keep"
_PINS = (
    "holds pages of files that are deleted or cut short meanwhile, a whole one for each byte, and nobody counts them"
)
_INNER = "no job needs walls of its own; each takes memory of the kernel's, and holds the files that it names"
_WAITING = "writes out what the whole machine has waiting, and whoever wants to write waits for it"
_ADDRESS = "no job has an address to meet at; a pair of sockets is connected as it is made"

#: name → (number on x86_64, number on aarch64, errno, reason); None where the processor has no such call.
REFUSED: dict[str, tuple[int | None, int | None, int, str]] = {
    # namespaces
    "unshare": (272, 97, EPERM, "a new user namespace would give back every capability"),
    "setns": (308, 268, EPERM, "enters other namespaces"),
    "clone3": (435, 435, ENOSYS, "its flags lie in memory, out of the filter's sight; libraries then use clone"),
    # the file tree
    "mount": (165, 40, EPERM, _MOUNT),
    "umount2": (166, 39, EPERM, _MOUNT),
    "pivot_root": (155, 41, EPERM, _MOUNT),
    "chroot": (161, 51, EPERM, _MOUNT),
    "open_tree": (428, 428, EPERM, _MOUNT),
    "move_mount": (429, 429, EPERM, _MOUNT),
    "fsopen": (430, 430, EPERM, _MOUNT),
    "fsconfig": (431, 431, EPERM, _MOUNT),
    "fsmount": (432, 432, EPERM, _MOUNT),
    "fspick": (433, 433, EPERM, _MOUNT),
    "mount_setattr": (442, 442, EPERM, _MOUNT),
    "statmount": (457, 457, EPERM, "shows mounts of the host"),
    "listmount": (458, 458, EPERM, "shows mounts of the host"),
    "name_to_handle_at": (303, 264, EPERM, "the way to open_by_handle_at"),
    "open_by_handle_at": (304, 265, EPERM, "opens a file past the folders that lead to it"),
    # other processes
    "ptrace": (101, 117, EPERM, _OTHERS),
    "process_vm_readv": (310, 270, EPERM, _OTHERS),
    "process_vm_writev": (311, 271, EPERM, _OTHERS),
    "process_madvise": (440, 440, EPERM, _OTHERS),
    "process_mrelease": (448, 448, EPERM, _OTHERS),
    "pidfd_getfd": (438, 438, EPERM, "takes descriptors out of another process"),
    "kcmp": (312, 272, EPERM, _OTHERS),
    "move_pages": (279, 239, EPERM, _OTHERS),
    "migrate_pages": (256, 238, EPERM, _OTHERS),
    "setsid": (112, 157, IGNORED, "the kernel shares the processors out by session: with many, a job gets many shares"),
    "ioprio_set": (251, 30, EPERM, _RANK),
    "sched_setparam": (142, 118, EPERM, _RANK),
    "sched_setscheduler": (144, 119, EPERM, _RANK),
    "sched_setattr": (314, 274, EPERM, _RANK),
    "inotify_init": (253, None, EPERM, _WATCH),
    "inotify_init1": (294, 26, EPERM, _WATCH),
    "inotify_add_watch": (254, 27, EPERM, _WATCH),
    "fanotify_init": (300, 262, EPERM, _WATCH),
    "fanotify_mark": (301, 263, EPERM, _WATCH),
    # the network, and sockets by path, which Landlock does not cover
    "socket": (41, 198, EPERM, "no network, no socket of this machine; socketpair is what programs may use"),
    "connect": (42, 203, EPERM, _ADDRESS),
    "bind": (49, 200, EPERM, _ADDRESS),
    "sendmsg": (46, 211, EPERM, _FLIGHT),
    "sendmmsg": (307, 269, EPERM, _FLIGHT),
    # who it is
    "setuid": (105, 146, EPERM, _WHO),
    "setgid": (106, 144, EPERM, _WHO),
    "setreuid": (113, 145, EPERM, _WHO),
    "setregid": (114, 143, EPERM, _WHO),
    "setresuid": (117, 147, EPERM, _WHO),
    "setresgid": (119, 149, EPERM, _WHO),
    "setgroups": (116, 159, EPERM, _WHO),
    "setfsuid": (122, 151, EPERM, _WHO),
    "setfsgid": (123, 152, EPERM, _WHO),
    "capset": (126, 91, EPERM, _WHO),
    # parts of the kernel
    "bpf": (321, 280, EPERM, _KERNEL),
    "perf_event_open": (298, 241, EPERM, _KERNEL),
    "io_uring_setup": (425, 425, ENOSYS, f"{_KERNEL}; what it does passes by this filter"),
    "io_uring_enter": (426, 426, ENOSYS, _KERNEL),
    "io_uring_register": (427, 427, ENOSYS, _KERNEL),
    "userfaultfd": (323, 282, EPERM, "holds the kernel still in the middle of a call: a tool of attacks"),
    "keyctl": (250, 219, EPERM, "keys are shared by user, not by wall"),
    "add_key": (248, 217, EPERM, "keys are shared by user, not by wall"),
    "request_key": (249, 218, EPERM, "keys are shared by user, not by wall"),
    "personality": (135, 92, EPERM, "switches protections of memory off"),
    "lookup_dcookie": (212, 18, EPERM, _KERNEL),
    "vmsplice": (278, 75, EPERM, "pins pages in pipes, out of the memory limit's sight"),
    "sendfile": (40, 71, ENOSYS, _PINS),
    "splice": (275, 76, ENOSYS, _PINS),
    "tee": (276, 77, ENOSYS, _PINS),
    "landlock_create_ruleset": (444, 444, ENOSYS, _INNER),
    "landlock_add_rule": (445, 445, ENOSYS, _INNER),
    "landlock_restrict_self": (446, 446, ENOSYS, _INNER),
    "seccomp": (317, 277, ENOSYS, _INNER),
    "modify_ldt": (154, None, EPERM, _KERNEL),
    "iopl": (172, None, EPERM, _HOST),
    "ioperm": (173, None, EPERM, _HOST),
    # memory out of sight
    "memfd_create": (319, 279, ENOSYS, _UNSEEN),
    "memfd_secret": (447, 447, ENOSYS, _UNSEEN),
    "shmget": (29, 194, EPERM, _UNSEEN),
    "shmat": (30, 196, EPERM, _SYSV),
    "shmctl": (31, 195, EPERM, _SYSV),
    "msgget": (68, 186, EPERM, _SYSV),
    "msgsnd": (69, 189, EPERM, _SYSV),
    "msgrcv": (70, 188, EPERM, _SYSV),
    "msgctl": (71, 187, EPERM, _SYSV),
    "semget": (64, 190, EPERM, _SYSV),
    "semop": (65, 193, EPERM, _SYSV),
    "semctl": (66, 191, EPERM, _SYSV),
    "semtimedop": (220, 192, EPERM, _SYSV),
    "mq_open": (240, 180, EPERM, _UNSEEN),
    "io_setup": (206, 0, ENOSYS, "its rings are counted over the whole machine: one job could take them all"),
    # the host
    "init_module": (175, 105, EPERM, _MODULE),
    "finit_module": (313, 273, EPERM, _MODULE),
    "delete_module": (176, 106, EPERM, _MODULE),
    "kexec_load": (246, 104, EPERM, _MODULE),
    "kexec_file_load": (320, 294, EPERM, _MODULE),
    "reboot": (169, 142, EPERM, _HOST),
    "swapon": (167, 224, EPERM, _HOST),
    "swapoff": (168, 225, EPERM, _HOST),
    "acct": (163, 89, EPERM, _HOST),
    "quotactl": (179, 60, EPERM, _HOST),
    "quotactl_fd": (443, 443, EPERM, _HOST),
    "sethostname": (170, 161, EPERM, _HOST),
    "setdomainname": (171, 162, EPERM, _HOST),
    "settimeofday": (164, 170, EPERM, _HOST),
    "clock_settime": (227, 112, EPERM, _HOST),
    "adjtimex": (159, 171, EPERM, _HOST),
    "clock_adjtime": (305, 266, EPERM, _HOST),
    "syslog": (103, 116, EPERM, "the kernel's log names addresses and other people's programs"),
    "sync": (162, 81, IGNORED, _WAITING),
    "syncfs": (306, 267, IGNORED, _WAITING),
    "vhangup": (153, 58, EPERM, _HOST),
}

_MODE = "Landlock does not cover who owns a file and who may use it, nor its dates and attributes"

#: What is refused besides where there are no namespaces: there the machine's files and processes are in sight.
REFUSED_BARE: dict[str, tuple[int | None, int | None, int, str]] = {
    "chmod": (90, None, IGNORED, _MODE),
    "fchmod": (91, 52, IGNORED, _MODE),
    "fchmodat": (268, 53, IGNORED, _MODE),
    "fchmodat2": (452, 452, IGNORED, _MODE),
    "chown": (92, None, IGNORED, _MODE),
    "lchown": (94, None, IGNORED, _MODE),
    "fchown": (93, 55, IGNORED, _MODE),
    "fchownat": (260, 54, IGNORED, _MODE),
    "utime": (132, None, IGNORED, _MODE),
    "utimes": (235, None, IGNORED, _MODE),
    "futimesat": (261, None, IGNORED, _MODE),
    "utimensat": (280, 88, IGNORED, _MODE),
    "setxattr": (188, 5, EPERM, _MODE),
    "lsetxattr": (189, 6, EPERM, _MODE),
    "fsetxattr": (190, 7, EPERM, _MODE),
    "removexattr": (197, 14, EPERM, _MODE),
    "lremovexattr": (198, 15, EPERM, _MODE),
    "fremovexattr": (199, 16, EPERM, _MODE),
    "fallocate": (285, 47, EOPNOTSUPP, "takes disk that no count of written bytes shows; libraries write instead"),
}

#: Calls that are refused by an argument: name → (number on x86_64, on aarch64). Why stands in `seccomp.BY_ARGUMENT`.
BY_ARGUMENT: dict[str, tuple[int, int]] = {
    "clone": (56, 220),
    "socketpair": (53, 199),
    "setsockopt": (54, 208),
    "ioctl": (16, 29),
    "fcntl": (72, 25),
    "prlimit64": (302, 261),
    "setpriority": (141, 140),
    "sched_setaffinity": (203, 122),
    "prctl": (157, 167),
    "mmap": (9, 222),
    "madvise": (28, 233),
}
