"""Hostile programs that pull at what watches them or at what all share, against every wall that works here.

As in `test_attacks`: each prints `WORKED` when it gets what it wants, and does get it where there is no wall.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runners.local import LocalRunner
from runners.walls import landlock
from tests.runners.conftest import bare, run
from tests.runners.test_attacks import held, namespaced

# --- the guard's rank, cores and limits

SLOW_DOWN = """
    import ctypes, os, resource, subprocess, sys
    libc = ctypes.CDLL(None, use_errno=True)
    target = TARGET
    group = os.getpgid(target)
    def call(x86_64, aarch64, *words):
        if libc.syscall(x86_64 if os.uname().machine == "x86_64" else aarch64, *words) < 0:
            raise OSError(ctypes.get_errno(), "")
    def by_group():
        os.setpgid(0, group)
        os.setpriority(os.PRIO_PGRP, 0, 7)
    attributes = ctypes.create_string_buffer(48)
    attributes[0:8] = (48).to_bytes(4, "little") + os.SCHED_BATCH.to_bytes(4, "little")
    for name, pull in {
        "affinity": lambda: os.sched_setaffinity(target, os.sched_getaffinity(0)),
        "parameters": lambda: os.sched_setparam(target, os.sched_param(0)),
        "attributes": lambda: call(314, 274, target, attributes, 0),
        "idle": lambda: os.sched_setscheduler(target, os.SCHED_IDLE, os.sched_param(0)),
        "input and output": lambda: call(251, 30, 1, target, 3 << 13),
        "rank": lambda: os.setpriority(os.PRIO_PROCESS, target, 8),
        "rank of its group": by_group,
        "descriptors": lambda: resource.prlimit(target, resource.RLIMIT_NOFILE, (0, 0)),
    }.items():
        try:
            pull()
            print("WORKED", name)
        except OSError as error:
            print(type(error).__name__)
    print("tried")
    sys.stdout.flush()
    if target != os.getppid(): os.kill(target, 9)
"""


async def test_the_guard_cannot_be_slowed_moved_or_starved(walled: LocalRunner, tmp_path: Path) -> None:
    other = "subprocess.Popen(['/bin/sleep', '600']).pid"
    assert bare(SLOW_DOWN.replace("TARGET", other), tmp_path).count("WORKED") == 8
    assert "tried" in await held(walled, SLOW_DOWN.replace("TARGET", "os.getppid()"))


async def test_what_libraries_do_with_their_own_cores_and_rank_still_works(walled: LocalRunner) -> None:
    script = """
        import os
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(cores)})
        print(os.sched_getaffinity(0) == {min(cores)}, os.nice(1) > 0)
    """
    assert (await run(walled, script)).text() == "True True\n"


# --- what others do with files

WATCH = """
    import ctypes, fcntl, os, site
    libc = ctypes.CDLL(None, use_errno=True)
    folder = os.open(site.getsitepackages()[0], os.O_RDONLY)
    open("mine", "w").close()
    mine = os.open("mine", os.O_RDONLY)
    def inotify():
        fd = libc.inotify_init1(0)
        if fd < 0 or libc.inotify_add_watch(fd, site.getsitepackages()[0].encode(), 0x20) < 0: raise OSError
    for name, watch in {
        "inotify": inotify,
        "a notice": lambda: fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS),
        "a lease": lambda: fcntl.fcntl(mine, fcntl.F_SETLEASE, fcntl.F_RDLCK),
    }.items():
        try:
            watch()
            print("WORKED", name)
        except OSError:
            print("refused", name)
"""


async def test_nothing_tells_what_others_do_with_files(walled: LocalRunner, tmp_path: Path) -> None:
    assert bare(WATCH, tmp_path).count("WORKED") == 3
    assert (await held(walled, WATCH)).count("refused") == 3


async def test_the_guard_is_still_told_of_figures_as_they_are_saved(walled: LocalRunner) -> None:
    script = """
        import time
        from PIL import Image
        Image.new("RGB", (9, 9)).save("early.png")
        time.sleep(0.5)
        print("later")
    """
    result = await run(walled, script)
    assert [type(event).__name__ for event in result.events] == ["Started", "Artifact", "Output", "Finished"]


# --- sockets and the network


@pytest.fixture
def letter_box(tmp_path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """A datagram socket of this machine by path, and what it was sent."""
    path = str(tmp_path / "box")
    letters: list[bytes] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as box:
        box.bind(path)
        Path(path).chmod(0o777)
        thread = threading.Thread(target=_keep, args=(box, letters))
        thread.start()
        yield path, letters
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"end", path)
        thread.join(5)


def _keep(box: socket.socket, letters: list[bytes]) -> None:
    while (letter := box.recv(100)) != b"end":
        letters.append(letter)
        if letter == b"ask":
            return


@pytest.mark.parametrize("kind", ["SOCK_DGRAM", "SOCK_SEQPACKET", "SOCK_RAW"])
async def test_a_pair_of_sockets_that_is_no_stream_cannot_be_made(
    walled: LocalRunner, kind: str, tmp_path: Path
) -> None:
    attack = f"import socket; socket.socketpair(type=socket.{kind} | socket.SOCK_NONBLOCK); print('WORKED')"
    assert "WORKED" in bare(attack, tmp_path)
    assert "PermissionError" in await held(walled, attack)


async def test_a_pair_of_sockets_cannot_be_turned_to_an_address(
    walled: LocalRunner, letter_box: tuple[str, list[bytes]], tmp_path: Path
) -> None:
    path, letters = letter_box
    attack = f"""
        import socket
        for turn in (
            lambda one: one.sendto(b"sent", {path!r}),
            lambda one: (one.connect({path!r}), one.send(b"connected")),
            lambda one: one.bind("\\0epoch-test"),
            lambda one: one.sendmsg([b"message"], [], 0, {path!r}),
        ):
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                try:
                    turn(socket.socketpair(type=kind)[0])
                    print("WORKED")
                except OSError as error:
                    print(type(error).__name__)
    """
    assert "WORKED" in bare(attack, tmp_path)
    assert {b"sent", b"connected", b"message"} == set(letters)
    letters.clear()
    said = await held(walled, attack)
    assert said.count("PermissionError") >= 7  # a stream says of an address that it is connected already
    assert not letters


async def test_the_connections_of_this_machine_cannot_be_listed(walled: LocalRunner, tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        attack = f"""
            import glob, os
            me = str(os.getpid())
            for folder in ("/proc/net", "/proc/self/net", "/proc/thread-self/net", "/proc/1/net",
                           f"/proc/self/task/{{me}}/net", f"/proc/{{me}}/net", f"/proc/{{os.getppid()}}/net"):
                try:
                    if ":{server.getsockname()[1]:04X} " in open(folder + "/tcp").read(): print("WORKED", folder)
                    links = [line.split(":")[0].strip() for line in open(folder + "/dev").readlines()[2:]]
                    if set(links) - {{"lo"}}: print("WORKED", links)
                    print("nothing of the machine's")
                except OSError as error:
                    print(type(error).__name__)
        """
        assert bare(attack, tmp_path).count("WORKED /proc") >= 6
        said = await held(walled, attack)
        assert namespaced(walled) or said == "PermissionError\n" * 7


async def test_what_programs_ask_of_their_own_proc_is_there(walled: LocalRunner) -> None:
    script = """
        import os
        for name in ("status", "stat", "statm", "maps", "cmdline", "limits", "environ"):
            open(f"/proc/self/{name}", "rb").read()
        print(len(os.listdir("/proc/self/fd")) >= 3, open("/proc/cpuinfo").read() != "")
    """
    assert (await run(walled, script)).text() == "True True\n"


# --- memory that no process shows

SHARED_GIVEN_BACK = """
    import mmap, os, time
    kept = []
    for _ in range(15):
        piece = PIECE
        for at in range(0, len(piece), 4096): piece[at] = 1
        piece.madvise(mmap.MADV_DONTNEED)
        kept.append(piece)
    time.sleep(0.7)
    print("WORKED", sum(piece[0] for piece in kept), flush=True)
"""
ANONYMOUS = "mmap.mmap(-1, 20_000_000)"
ZERO_DEVICE = "mmap.mmap(os.open('/dev/zero', os.O_RDWR), 20_000_000)"
#: Each program takes off what the zygote shares with its forks, as long as it counts as one.
NEW_PROGRAMS = """
    import subprocess, sys
    hoard = "x = bytearray(50_000_000); x[::4096] = b'x' * len(x[::4096]); import time; time.sleep(2); print(len(x))"
    each = [subprocess.Popen([sys.executable, "-I", "-S", "-c", hoard], stdout=-1) for _ in range(7)]
    print("WORKED", sum(int(one.communicate()[0]) for one in each), flush=True)
"""
WAITING_IN_SOCKETS = """
    import os, socket, time
    for _ in range(7):
        if os.fork() == 0:
            pairs = [socket.socketpair() for _ in range(120)]
            for one in (one for pair in pairs for one in pair):
                one.setblocking(False)
                try:
                    while True: one.send(b"x" * 50_000)
                except BlockingIOError:
                    pass
            time.sleep(2)
            os._exit(0)
    for _ in range(7): os.wait()
    print("WORKED", flush=True)
"""


@pytest.mark.parametrize("piece", [ANONYMOUS, ZERO_DEVICE])
async def test_shared_memory_that_was_given_back_is_not_to_be_had(
    walled: LocalRunner, piece: str, tmp_path: Path
) -> None:
    attack = SHARED_GIVEN_BACK.replace("PIECE", piece)
    assert "WORKED 15" in bare(attack, tmp_path)  # 300 MB, still there
    result = await run(walled, attack, memory_mb=200)
    assert "WORKED" not in result.text()
    assert result.ended == (("memory", "memory") if piece == ANONYMOUS else ("error", None))


@pytest.mark.parametrize("attack", [NEW_PROGRAMS, WAITING_IN_SOCKETS], ids=["new programs", "waiting in sockets"])
async def test_memory_that_looked_like_the_zygotes_or_nobodys_counts(
    walled: LocalRunner, attack: str, tmp_path: Path
) -> None:
    assert "WORKED" in bare(attack, tmp_path)
    result = await run(walled, attack, memory_mb=200)
    assert result.ended == ("memory", "memory")
    assert "WORKED" not in result.text()


async def test_pipes_and_sockets_cannot_be_made_larger(walled: LocalRunner, tmp_path: Path) -> None:
    attack = """
        import fcntl, os, socket
        one, other = socket.socketpair()
        for name, grow in {
            "pipe": lambda: fcntl.fcntl(os.pipe()[1], 1031, 1 << 20),
            "socket": lambda: one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20),
            "descriptors in flight": lambda: socket.send_fds(one, [b"x"], [0]),
        }.items():
            try:
                grow()
                print("WORKED", name)
            except PermissionError:
                print("refused", name)
    """
    assert bare(attack, tmp_path).count("WORKED") == 3
    assert (await held(walled, attack)).count("refused") == 3


PINNED = """
    import ctypes, os, socket
    libc = ctypes.CDLL(None, use_errno=True)
    with open("f", "wb") as file: file.write(bytes(8192))
    file = os.open("f", os.O_RDONLY)
    pair, full, out = socket.socketpair(), os.pipe(), os.pipe()[1]
    os.write(full[1], b"x")
    def call(x86_64, aarch64, *words):
        if libc.syscall(x86_64 if os.uname().machine == "x86_64" else aarch64, *words) < 0:
            raise OSError(ctypes.get_errno(), "")
    def splice(fd):
        if libc.splice(fd, None, out, None, 1, 0) < 0: raise OSError(ctypes.get_errno(), "")
    for name, pin in {
        "a page in a socket": lambda: os.sendfile(pair[0].fileno(), file, 4095, 2),
        "a page in a pipe": lambda: splice(file),
        "a pipe's pages in another": lambda: call(276, 77, full[0], out, 1, 2),
        "a file in a wall of its own": lambda: call(444, 444, ctypes.create_string_buffer(b"\\4", 8), 8, 0),
        "a filter of its own": lambda: call(317, 277, 2, 0, ctypes.byref(ctypes.c_uint(0x7FFF0000))),
    }.items():
        try:
            pin()
            print("WORKED", name)
        except OSError as error:
            print("refused", name, error.errno)
"""


async def test_no_object_of_the_kernel_holds_files_and_pages_out_of_every_count(
    walled: LocalRunner, tmp_path: Path
) -> None:
    assert bare(PINNED, tmp_path).count("WORKED") == 4 + (landlock.version() > 0)
    assert (await held(walled, PINNED)).count("refused") == 5


async def test_what_copies_and_locks_files_does_without(walled: LocalRunner) -> None:
    script = """
        import filecmp, os, shutil, socket, sqlite3
        with open("one", "wb") as file: file.write(bytes(range(256)) * 1000)
        shutil.copy("one", "two")
        print(filecmp.cmp("one", "two", shallow=False))
        here, there = socket.socketpair()
        with open("one", "rb") as file: print(here.sendfile(file, count=1000), len(there.recv(1000)))
        with sqlite3.connect("base") as base:
            base.execute("create table t (x)")
            base.execute("insert into t values (7)")
        print(sqlite3.connect("base").execute("select x from t").fetchall())
        os.sync()
    """
    assert (await run(walled, script)).text() == "True\n1000 1000\n[(7,)]\n"


async def test_memory_cannot_be_put_where_no_process_shows_it_nor_joined_with_others(
    walled: LocalRunner, tmp_path: Path
) -> None:
    attack = """
        import mmap
        block = mmap.mmap(-1, 1 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        block[:] = bytes(1 << 20)
        for advice in (20, 21):  # MADV_COLD, MADV_PAGEOUT
            try:
                block.madvise(advice)
                print("WORKED", advice)
            except OSError:
                print("refused")
        block.madvise(mmap.MADV_DONTNEED)
    """
    assert bare(attack, tmp_path).count("WORKED") == 2
    assert await held(walled, attack) == "refused\nrefused\n"


ATTRIBUTES = """
    import fcntl, os, struct
    open("f", "wb").close()
    own = os.open("f", os.O_RDWR)
    read = os.open(os.__file__, os.O_RDONLY)
    for name, fd, request, words in (
        ("disk", own, 0x40305828, struct.pack("hhqqiI16x", 0, 0, 0, 1 << 20, 0, 0)),
        ("attributes", read, 0x40086602, bytes(8)),
        ("attributes of XFS", read, 0x401C5820, bytes(28)),
        ("version", read, 0x40087602, bytes(8)),
        ("version of ext4", read, 0x40086604, bytes(8)),
        ("seal", read, 0x40806685, bytes(128)),
        ("part of a tree", read, 0x5000940E, bytes(4096)[:1024]),
        ("copy", own, 0x40049409, read),
    ):
        try:
            if name == "disk" or TRY: fcntl.ioctl(fd, request, words)
            print("WORKED", name)
        except OSError as error:
            print(error.strerror)
"""


async def test_no_request_to_a_file_system_takes_disk_or_changes_what_can_only_be_read(
    walled: LocalRunner, tmp_path: Path
) -> None:
    assert "WORKED disk" in bare(ATTRIBUTES.replace("TRY", "False"), tmp_path)  # of the others, none on a real file
    said = await held(walled, ATTRIBUTES.replace("TRY", "True"))
    assert said == "Inappropriate ioctl for device\n" * 8


LOCKS = """
    import fcntl, os, struct, time
    for n in range(60):
        fd = os.open(f"f{n}", os.O_RDWR | os.O_CREAT)
        for at in range(500):
            fcntl.fcntl(fd, fcntl.F_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 2 * at, 1, 0))
    time.sleep(PAUSE)
    print("WORKED", flush=True)
"""


async def test_locks_without_end_count_as_memory(walled: LocalRunner, tmp_path: Path) -> None:
    assert "WORKED" in bare(LOCKS.replace("PAUSE", "0"), tmp_path)
    result = await run(walled, LOCKS.replace("PAUSE", "600"), wall_s=60.0)
    assert result.ended == ("memory", "memory")


async def test_one_job_takes_no_others_timers(walled: LocalRunner, tmp_path: Path) -> None:
    attack = """
        import ctypes, os
        libc, made = ctypes.CDLL(None), 0
        number = 222 if os.uname().machine == "x86_64" else 107  # timer_create
        while made < 5000 and libc.syscall(number, 1, None, ctypes.byref(ctypes.c_int())) == 0: made += 1
        print("WORKED" if made > 2000 else "refused", made)
    """
    assert "WORKED" in bare(attack, tmp_path)
    assert "refused" in await held(walled, attack)


async def test_no_process_can_hide_from_the_guard(walled: LocalRunner, tmp_path: Path) -> None:
    attack = "import ctypes\nprint('WORKED' if ctypes.CDLL(None).prctl(4, 0, 0, 0, 0) == 0 else 'refused')"
    assert "WORKED" in bare(attack, tmp_path)
    assert "refused" in await held(walled, attack)


async def test_a_program_that_nobody_may_read_counts_with_all_it_reserved(walled: LocalRunner) -> None:
    if not namespaced(walled):
        pytest.skip("where Python lies in root's home, jobs may read every file of their own")
    script = """
        import os, subprocess, sys
        fd = os.open("unreadable", os.O_CREAT | os.O_WRONLY, 0o111)
        with open(fd, "wb") as copy, open(os.path.realpath(sys.executable), "rb") as real: copy.write(real.read())
        reserve = "import mmap, time; x = mmap.mmap(-1, 900_000_000, flags=mmap.MAP_PRIVATE); time.sleep(3); print(1)"
        home = {"PYTHONHOME": sys.base_prefix, "LD_LIBRARY_PATH": sys.base_prefix + "/lib"}
        print("WORKED", subprocess.run(["./unreadable", "-S", "-c", reserve], env=home, capture_output=True))
    """
    assert (await run(walled, script, memory_mb=200)).ended == ("memory", "memory")
    readable = script.replace("0o111", "0o555")
    assert "stdout=b'1" in (await run(walled, readable, memory_mb=200)).text()  # reserved and not used costs nothing


# --- and all that programs need is there


async def test_programs_of_several_processes_and_threads_still_run(walled: LocalRunner) -> None:
    script = f"""
        import asyncio, math, subprocess, sys, threading
        import numpy as np
        from joblib import Parallel, delayed
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.model_selection import cross_val_score
        X, y = np.random.rand(60, 4), np.arange(60) % 2
        print(cross_val_score(RandomForestClassifier(5, n_jobs=2), X, y, n_jobs=2, cv=3).shape)
        print(Parallel(n_jobs=2)(delayed(math.sqrt)(n) for n in (0, 1)))
        print(subprocess.run([sys.executable, "-c", "print('new')"], capture_output=True).stdout)
        async def main():
            process = await asyncio.create_subprocess_exec("echo", "hi", stdout=subprocess.PIPE)
            return (await process.communicate())[0]
        print(asyncio.run(main()))
        if {namespaced(walled)}:
            import multiprocessing
            from multiprocessing.shared_memory import SharedMemory
            with multiprocessing.get_context("fork").Pool(2) as pool: print(pool.map(abs, [-1]))
            block = SharedMemory(create=True, size=1000)
            block.buf[0] = 7
            same = SharedMemory(block.name)
            print(bytes(same.buf[:1]))
            same.close(), block.close(), block.unlink()
            print(multiprocessing.Value("i", 3).value)
    """
    result = await run(walled, script, wall_s=90.0)
    assert result.ended == ("ok", None), result.text("stderr")
    expected = "(3,)\n[0.0, 1.0]\nb'new\\n'\nb'hi\\n'\n"
    assert result.text() == expected + ("[1]\nb'\\x07'\n3\n" if namespaced(walled) else "")


async def test_pytorch_trains(walled: LocalRunner) -> None:
    script = """
        import torch
        from torch.utils.data import DataLoader, TensorDataset
        torch.manual_seed(0)
        rows = DataLoader(TensorDataset(torch.rand(64, 4), torch.rand(64, 1)), batch_size=8, num_workers=0)
        net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
        step = torch.optim.Adam(net.parameters())
        for x, y in rows:
            step.zero_grad()
            ((net(x) - y) ** 2).mean().backward()
            step.step()
        print("trained")
    """
    assert (await run(walled, script, wall_s=90.0)).text() == "trained\n"
