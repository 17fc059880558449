"""What counts as a job's own memory, shown on real processes: forks, new programs, what waits in sockets and pipes."""

import fcntl
import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from runners.inside import memory

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
#: A parent with 60 MB, as a zygote or guard; a child of its does something and is then measured as the guard does it.
FAMILY = """
    import os, sys
    from runners.inside import memory, meter
    hoard = bytearray(60_000_000)
    hoard[::4096] = b"x" * len(hoard[::4096])
    done, tell = os.pipe()
    children = []
    for number in range({children}):
        pid = os.fork()
        if pid == 0:
            {deed}
            os.write(tell, b".")
            import signal; signal.pause()
        children.append(pid)
    for _ in children: os.read(done, 1)
    watch = memory.Memory(1)  # so low that all are measured, however long it takes
    print(watch.look(meter.Usage(dict.fromkeys(children, 1 << 20), 0, 0), 10.0))
    for pid in children: os.kill(pid, 9), os.waitpid(pid, 0)
"""
NEW_PROGRAM = (
    "import os, time; x = bytearray(30_000_000); x[::4096] = b'y' * len(x[::4096]); os.write(%d, b'.'); time.sleep(60)"
)
EXEC = f"os.set_inheritable(tell, True); os.execv(sys.executable, [sys.executable, '-Sc', {NEW_PROGRAM!r} % tell])"


def counted(deed: str, children: int = 1) -> float:
    """MiB that count for the children of a parent with 60 MB."""
    script = textwrap.dedent(FAMILY).format(children=children, deed=deed)
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return float(done.stdout)


def test_what_forks_only_inherited_costs_them_nothing() -> None:
    assert counted("pass") < 8
    assert counted("pass", children=4) < 20


def test_what_a_fork_has_written_to_is_its_own() -> None:
    assert counted("hoard[::4096] = b'z' * len(hoard[::4096])") > 55


def test_a_new_program_takes_nothing_off_for_what_it_no_longer_has() -> None:
    assert counted(EXEC, children=3) > 90


def test_what_waits_in_sockets_and_pipes_counts_once_and_in_full() -> None:
    me = [os.getpid()]
    before, open_before = memory.buffers_mb(me), memory.descriptors(me[0])
    one, other = socket.socketpair()
    with one, other, one.dup():
        ends = os.pipe()
        assert memory.buffers_mb(me) - before == 2 * memory.SOCKET_MB + memory.PIPE_MB
        assert memory.descriptors(me[0]) - open_before == 5
        for end in ends:
            os.close(end)
    one, other = socket.socketpair()
    with one, other:
        one.setblocking(False)
        sent = 0
        try:
            while True:
                sent += one.send(b"x" * 50_000)
        except BlockingIOError:
            assert 0 < sent <= memory.SOCKET_MB * (1 << 20)


def test_who_is_gone_counts_nothing() -> None:
    with subprocess.Popen(["/bin/true"]) as process:
        process.wait()
        assert memory.Size(process.pid, 1).own_mb == 0
        assert memory.descriptors(process.pid) == 0
        assert memory.stack_of(process.pid) == 0
    assert memory.stack_of("self") != 0


def test_locks_on_parts_of_files_count_by_their_number_and_to_who_holds_them(tmp_path: Path) -> None:
    me = [os.getpid()]
    before = memory.locks_mb(me)
    with open(tmp_path / "f", "wb") as file:
        for at in range(0, 200, 2):
            fcntl.lockf(file, fcntl.LOCK_EX, 1, at)
        assert memory.locks_mb(me) - before == pytest.approx(100 * memory.LOCK_MB)
        assert memory.locks_mb([1 << 30]) == 0
    assert memory.locks_mb(me) == pytest.approx(before)
