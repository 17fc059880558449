"""Runs a command as in a Docker container started with no options: `docker.py COMMAND…`.

What Docker's documentation says its default profile blocks ("Significant syscalls blocked by the default profile"), and
the capabilities that it leaves to root in a container. All else of a container is left out: the walls under test see no
difference.
"""

import os
import sys
from errno import ENOSYS, EPERM
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from runners.walls import identity, libc, seccomp, syscalls

BLOCKED = (
    "acct add_key bpf clock_adjtime clock_settime delete_module finit_module init_module ioperm iopl kcmp "
    "kexec_file_load kexec_load keyctl lookup_dcookie mount move_pages open_by_handle_at perf_event_open pivot_root "
    "process_vm_readv process_vm_writev ptrace quotactl reboot request_key setns settimeofday swapon swapoff umount2 "
    "unshare userfaultfd fsopen fsconfig fsmount fspick move_mount open_tree mount_setattr io_uring_setup "
    "io_uring_enter io_uring_register"
)
#: chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, net_raw, sys_chroot, mknod,
#: audit_write, setfcap.
CAPABILITIES = sum(1 << number for number in (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31))


def enter() -> None:
    """Put this process into the container, for good."""
    column = seccomp.column_of(libc.machine())
    numbers = (syscalls.REFUSED[name][column] for name in BLOCKED.split())
    refused = {number: EPERM for number in numbers if number is not None}
    refused[435] = ENOSYS  # clone3, so that libraries use clone
    if os.geteuid() == 0:
        identity.drop_bounding(CAPABILITIES)
        identity.set_permitted(CAPABILITIES)
    seccomp.install(seccomp.program(libc.machine(), refused, newest=None))


if __name__ == "__main__":
    enter()
    os.execv(sys.argv[1], sys.argv[1:])
