"""Hostile programs against every wall that works here. Each prints `WORKED` when it gets what it wants.

Where it is harmless to show, the same program runs with no wall as well and must succeed there: a check that cannot
fail proves nothing.
"""

import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from runners.local import LocalRunner
from runners.visible import unreachable_ancestors
from runners.walls import libc, seccomp, syscalls
from tests.runners.conftest import TAG, bare, job, leftovers, run
from tests.runners.test_artifacts import png

REPOSITORY = Path(__file__).resolve().parents[2]


def namespaced(runner: LocalRunner) -> bool:
    """Whether jobs of this runner have processes, mounts and users of their own."""
    return runner.wall in ("full", "bubblewrap")


async def held(walled: LocalRunner, script: str, **limits: float) -> str:
    """Run the attack and assert that it did not work, the engine lives, and the next job is unharmed."""
    zygote = walled.engine.pid, walled.engine.starts
    result = await run(walled, script, **limits)
    assert "WORKED" not in result.text(), result.text()
    assert result.finished.outcome != "sandbox_failed"
    assert not leftovers()
    after = await run(walled, "print('next')")
    assert after.text() == "next\n"
    assert after.started.warm == (walled.wall in ("full", "fallback"))
    assert (walled.engine.pid, walled.engine.starts) == zygote
    return result.text() + result.text("stderr")


# --- files of the machine


async def test_a_secret_file_cannot_be_read(walled: LocalRunner, secret: Path) -> None:
    attack = f"print('WORKED' if 'planted' in open({str(secret)!r}).read() else '')"
    assert "WORKED" in bare(attack, secret.parent)
    assert ("FileNotFound" if namespaced(walled) else "Permission") in await held(walled, attack)


@pytest.mark.parametrize(
    "path", ["/etc/shadow", "/etc/hostname", "/var/log", "/home", str(REPOSITORY / "pyproject.toml")]
)
async def test_the_machines_own_files_are_not_there(walled: LocalRunner, path: str) -> None:
    attack = f"""
        import os
        try:
            print("WORKED", os.listdir({path!r}) if os.path.isdir({path!r}) else open({path!r}).read())
        except OSError as error:
            print(type(error).__name__)
        print("absent" if not os.path.exists({path!r}) else "there")
    """
    said = await held(walled, attack)
    assert said.endswith("absent\n") or not namespaced(walled)  # Landlock hides what is in a file, not that it is there


async def test_of_the_repository_only_what_runs_the_job_is_there(walled: LocalRunner) -> None:
    attack = f"""
        import os
        for base, folders, files in os.walk({str(REPOSITORY)!r}):
            if ".venv" in folders: folders.remove(".venv")
            for name in files: print("WORKED", base, name)
        for base, _, files in os.walk("/epoch"):
            print(base, sorted(files))
    """
    said = await held(walled, attack)
    assert ("guard.py" in said) == namespaced(walled)
    assert "local.py" not in said


async def test_the_list_of_users_is_not_the_machines(walled: LocalRunner) -> None:
    attack = "print('WORKED' if 'root' in open('/etc/passwd').read() else open('/etc/passwd').read())"
    assert "WORKED" in bare(attack, Path("/"))
    assert ("learner:x:1000" if namespaced(walled) else "PermissionError") in await held(walled, attack)


async def test_nothing_outside_the_work_folder_can_be_written(walled: LocalRunner) -> None:
    attack = """
        import os, site, sys, tempfile
        targets = ["/x", "/etc/x", "/usr/x", "/epoch/x", "/epoch/runners/inside/guard.py", "/etc/passwd", "/var/x",
                   "/dev/x", "/proc/sys/kernel/hostname", "/sys/x",
                   sys.prefix + "/x", os.path.dirname(os.__file__) + "/x"]
        for path in targets + [folder + "/x" for folder in site.getsitepackages()]:
            try:
                open(path, "a").write("x")
                print("WORKED", path)
            except OSError as error:
                pass
        for path in ("here", tempfile.gettempdir() + "/there", os.path.expanduser("~/home")):
            open(path, "w").write("x")
        print("own places are fine")
    """
    assert "own places are fine" in await held(walled, attack)
    if not namespaced(walled):
        shared = "for path in ('/tmp/x', '/dev/shm/x', '/var/tmp/x'):\n    try: open(path, 'w'); print('WORKED')\n"
        await held(walled, shared + "    except OSError: pass")


async def test_one_job_cannot_leave_files_for_the_next(walled: LocalRunner) -> None:
    places = "import os, tempfile; places = [tempfile.gettempdir() + '/a', 'a', os.path.expanduser('~/a')]\n"
    if namespaced(walled):
        places += "places += ['/tmp/a', '/dev/shm/a']\n"
    assert (await run(walled, places + "for p in places: open(p, 'w').write('x')")).ended == ("ok", None)
    look = places + "print([p for p in places if os.path.exists(p)])"
    assert (await run(walled, look)).text() == "[]\n"


async def test_a_poisoned_module_is_gone_for_the_next_job(walled: LocalRunner) -> None:
    plant = """
        import builtins, json, sys
        json.loads = builtins.len = lambda *_: "WORKED"
        sys.modules["math"] = None
        print(json.loads("{}"), len([]))
    """
    assert (await run(walled, plant)).text() == "WORKED WORKED\n"
    assert "5.0 3" in await held(walled, "import json, math; print(json.loads('5.0'), len('abc'), math.pi)")


async def test_chance_is_not_the_same_in_two_jobs(walled: LocalRunner) -> None:
    script = """
        import os, random, tempfile, uuid
        import numpy
        print(random.random(), numpy.random.rand(), uuid.uuid4(), tempfile.mktemp().rsplit("/")[-1])
    """
    first, second = [(await run(walled, script)).text().split() for _ in range(2)]
    assert len(first) == 4
    assert not set(first) & set(second)


# --- secrets of the process that runs it


async def test_the_token_cannot_be_read_from_the_environment(
    walled: LocalRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "planted-token")
    attack = """
        import glob, os
        found = dict(os.environ).get("DISCORD_TOKEN", "")
        for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline") + glob.glob("/proc/*/task/*/environ"):
            try:
                found += open(path, "rb").read().decode("utf-8", "replace")
            except OSError:
                pass
        print("WORKED" if "planted" in found else sorted(os.environ))
    """
    assert "WORKED" in bare(attack, tmp_path)
    said = await held(walled, attack)
    if walled.engine.ready:
        return  # the libraries of a zygote add words of their own
    known = {"CUDA_VISIBLE_DEVICES", "HOME", "LANG", "MKL_NUM_THREADS", "MPLBACKEND", "MPLCONFIGDIR", "OMP_NUM_THREADS"}
    known |= {"OPENBLAS_NUM_THREADS", "PATH", "PWD", "TF_CPP_MIN_LOG_LEVEL", "TF_NUM_INTEROP_THREADS", "USER"}
    known |= {"TF_NUM_INTRAOP_THREADS", "TMPDIR", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "DO_NOT_TRACK"}
    known |= {"HF_HUB_DISABLE_TELEMETRY", "ORT_DISABLE_TELEMETRY"}
    assert said.strip() == str(sorted(known))


async def test_no_descriptor_is_inherited(walled: LocalRunner, secret: Path, tmp_path: Path) -> None:
    attack = """
        import os
        for fd in range(3, 256):
            try:
                if os.read(fd, 100) is not None: print("WORKED", fd)
            except OSError:
                pass
        print(sorted(map(int, os.listdir("/proc/self/fd")))[:3])
    """
    fd = os.open(secret, os.O_RDONLY)
    os.set_inheritable(fd, True)
    try:
        done = subprocess.run(
            [sys.executable, "-c", f"import os; print('WORKED', os.read({fd}, 99))", TAG],
            capture_output=True, text=True, check=False, close_fds=False,
        )  # fmt: skip
        assert "planted" in done.stdout
        assert "[0, 1, 2]" in await held(walled, attack)
    finally:
        os.close(fd)


async def test_the_guard_cannot_be_opened_traced_or_talked_to(walled: LocalRunner) -> None:
    attack = """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        print("pid", os.getpid(), "parent", os.getppid())
        guard = os.getppid()
        for name in ("environ", "mem", "maps", "fd/3"):
            try:
                open(f"/proc/{guard}/{name}", "rb").read(10)
                print("WORKED", name)
            except OSError:
                pass
        for name in ("fd", "map_files"):
            try:
                os.listdir(f"/proc/{guard}/{name}")
                print("WORKED", name)
            except OSError:
                pass
        if libc.ptrace(16, guard, 0, 0) == 0: print("WORKED attach")       # PTRACE_ATTACH
        if libc.ptrace(0x4206, guard, 0, 0) == 0: print("WORKED seize")    # PTRACE_SEIZE
        local = ctypes.create_string_buffer(8)
        if libc.process_vm_readv(guard, ctypes.byref(local), 1, ctypes.byref(local), 1, 0) > 0: print("WORKED vm")
        pidfd = os.pidfd_open(guard)
        for fd in range(10):
            if libc.syscall(438, pidfd, fd, 0) >= 0: print("WORKED getfd")  # pidfd_getfd, on every processor
    """
    said = await held(walled, attack)
    assert "pid 2 parent 1\n" in said or not namespaced(walled)


async def test_there_is_nothing_to_gain_as_root_inside(walled: LocalRunner) -> None:
    attack = """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        status = open("/proc/self/status").read()
        for line in status.splitlines():
            if line.startswith("Cap"): print(line)
        if "NoNewPrivs:\\t1" not in status: print("WORKED new privileges")
        for call in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.chroot("/tmp"), lambda: os.nice(-5)):
            try:
                call()
                print("WORKED")
            except OSError:
                pass
        if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0: print("WORKED mount")
        if libc.unshare(0x10000000) == 0: print("WORKED user namespace")
        if libc.unshare(0x00020000) == 0: print("WORKED mount namespace")
        print("who", os.getuid(), os.getgid(), os.getgroups())
    """
    said = await held(walled, attack)
    sets = {line.split()[0]: int(line.split()[1], 16) for line in said.splitlines() if line.startswith("Cap")}
    assert len(sets) == 5
    if namespaced(walled):
        assert not any(sets.values())
        assert "who 1000 1000 [" in said
    else:
        # One that opens files, where Python lies in root's home; which files, Landlock says.
        opens_files = (
            0b110 if os.geteuid() == 0 and unreachable_ancestors([Path(sys.base_prefix), Path(sys.prefix)]) else 0
        )
        assert not (sets["CapEff:"] | sets["CapPrm:"]) & ~opens_files
        assert "who 0 " not in said


async def test_the_limits_cannot_be_lifted(walled: LocalRunner) -> None:
    attack = """
        import resource
        for name in ("AS", "DATA", "FSIZE", "NPROC", "NOFILE", "CPU", "CORE"):
            kind = getattr(resource, "RLIMIT_" + name)
            try:
                resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                print("WORKED", name)
            except (ValueError, OSError):
                pass
    """
    await held(walled, attack)


# --- the network


@pytest.fixture
def listener() -> Iterator[int]:
    """A TCP and UDP port of this machine that answers."""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        port = tcp.getsockname()[1]
        udp.bind(("127.0.0.1", port))
        tcp.listen()
        threads = [
            threading.Thread(target=_answer_tcp, args=(tcp,), daemon=True),
            threading.Thread(target=_answer_udp, args=(udp,), daemon=True),
        ]
        for thread in threads:
            thread.start()
        yield port
        tcp.shutdown(socket.SHUT_RDWR)
        with socket.socket(type=socket.SOCK_DGRAM) as waker:
            waker.sendto(b"end", ("127.0.0.1", port))
        for thread in threads:
            thread.join(5)


def _answer_tcp(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.sendall(b"hello")


def _answer_udp(server: socket.socket) -> None:
    while True:
        data, peer = server.recvfrom(100)
        if data == b"end":
            return
        server.sendto(b"hello", peer)


async def test_no_tcp_port_of_this_machine_can_be_reached(walled: LocalRunner, listener: int, tmp_path: Path) -> None:
    attack = f"""
        import socket
        with socket.create_connection(("127.0.0.1", {listener}), timeout=3) as link:
            print("WORKED" if link.recv(9) == b"hello" else "")
    """
    assert "WORKED" in bare(attack, tmp_path)
    assert "PermissionError" in await held(walled, attack)


async def test_no_udp_port_of_this_machine_can_be_reached(walled: LocalRunner, listener: int, tmp_path: Path) -> None:
    attack = f"""
        import socket
        with socket.socket(type=socket.SOCK_DGRAM) as link:
            link.settimeout(1)
            link.sendto(b"x", ("127.0.0.1", {listener}))
            print("WORKED" if link.recv(9) == b"hello" else "")
    """
    assert "WORKED" in bare(attack, tmp_path)
    assert "Error" in await held(walled, attack)


async def test_no_address_outside_is_routed(walled: LocalRunner) -> None:
    attack = """
        import socket
        for address in ("192.0.2.1", "169.254.169.254", "2001:db8::1"):
            try:
                with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as link:
                    link.connect((address, 53))
                    print("WORKED", address)
            except OSError as error:
                print(error)
        print(socket.if_nameindex())
    """
    assert "PermissionError" in await held(walled, attack)


async def test_no_abstract_socket_of_this_machine_can_be_reached(walled: LocalRunner, tmp_path: Path) -> None:
    name = f"\0epoch-test-{os.getpid()}"
    attack = f"""
        import socket
        with socket.socket(socket.AF_UNIX) as link:
            link.connect({name!r})
            print("WORKED")
    """
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        assert "WORKED" in bare(attack.replace("\0", "\\0"), tmp_path)
        assert "PermissionError" in await held(walled, attack)


async def test_no_socket_file_of_this_machine_can_be_reached(walled: LocalRunner, tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    attack = f"""
        import socket
        with socket.socket(socket.AF_UNIX) as link:
            link.connect({path!r})
            print("WORKED")
    """
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        assert "WORKED" in bare(attack, tmp_path)
        assert "PermissionError" in await held(walled, attack)


async def test_no_netlink_or_packet_socket_can_be_made(walled: LocalRunner, tmp_path: Path) -> None:
    attack = """
        import socket
        for family, kind in ((16, socket.SOCK_RAW), (17, socket.SOCK_RAW), (socket.AF_INET, socket.SOCK_RAW), (38, 5)):
            try:
                socket.socket(family, kind)
                print("WORKED", family)
            except OSError as error:
                pass
        left, right = socket.socketpair()
        left.send(b"fine")
        print(right.recv(9))
    """
    assert "WORKED 16" in bare(attack, tmp_path)
    assert "b'fine'" in await held(walled, attack)


async def test_no_call_of_the_table_does_anything(walled: LocalRunner) -> None:
    column = seccomp.column_of(libc.machine())
    refused = {name: row for name, row in syscalls.REFUSED.items() if row[2] != syscalls.IGNORED}
    calls = {name: row[column] for name, row in refused.items() if row[column] is not None}
    attack = f"""
        import ctypes, errno
        libc = ctypes.CDLL(None, use_errno=True)
        for name, number in {calls!r}.items():
            ctypes.set_errno(0)
            result = libc.syscall(number, -1, -1, -1, -1, -1, -1)
            if result != -1 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
                print("WORKED", name, result, errno.errorcode.get(ctypes.get_errno()))
        if libc.syscall(900) != -1 or ctypes.get_errno() != errno.ENOSYS: print("WORKED a call of the future")
        print("asked")
    """
    assert "asked" in await held(walled, attack)


# --- other processes


async def test_processes_of_this_machine_cannot_be_seen_or_signalled(walled: LocalRunner, tmp_path: Path) -> None:
    attack = f"""
        import os
        try:
            os.kill({os.getpid()}, 0)
            print("WORKED")
        except OSError as error:
            print(error)
        print(sorted(int(name) for name in os.listdir("/proc") if name.isdigit()))
    """
    assert "WORKED" in bare(attack, tmp_path)
    assert ("[1, 2]" if namespaced(walled) else "PermissionError") in await held(walled, attack)


async def test_limits_and_rank_of_other_processes_cannot_be_touched(walled: LocalRunner) -> None:
    attack = f"""
        import os, resource
        for pid in ({os.getpid()}, os.getppid()):
            for touch in (
                lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, 0)),
                lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
                lambda: os.setpriority(os.PRIO_USER, 0, 19),
            ):
                try:
                    touch()
                    print("touched", pid)
                except OSError:
                    pass
    """
    before = os.getpriority(os.PRIO_PROCESS, 0), resource.getrlimit(resource.RLIMIT_NOFILE)
    said = await held(walled, attack)
    assert "touched" not in said
    assert (os.getpriority(os.PRIO_PROCESS, 0), resource.getrlimit(resource.RLIMIT_NOFILE)) == before


async def test_owner_rights_and_dates_of_outside_files_cannot_be_changed(walled: LocalRunner, tmp_path: Path) -> None:
    target = Path(tempfile.mkstemp(prefix="epoch-test-")[1])
    os.chown(target, 65534, 65534) if os.geteuid() == 0 else None  # the very user that root is dropped to
    attack = f"""
        import os, site
        for path in ({str(target)!r}, os.__file__, site.__file__):
            for touch in (
                lambda: os.chmod(path, 0o777), lambda: os.utime(path, (1, 1)), lambda: os.chown(path, 1, 1),
                lambda: os.setxattr(path, "user.x", b"1"), lambda: os.truncate(path, 0), lambda: os.unlink(path),
                lambda: os.rename(path, "mine"), lambda: os.link(path, "mine"), lambda: open(path, "a").write("x"),
            ):
                try:
                    touch()
                except OSError:
                    pass
        print("tried")
    """
    try:
        paths = (target, Path(os.__file__))
        before = [(path.stat().st_mode, path.stat().st_mtime, path.stat().st_size) for path in paths]
        assert "tried" in await held(walled, attack)
        assert [(path.stat().st_mode, path.stat().st_mtime, path.stat().st_size) for path in paths] == before
        assert "tried" in bare(attack.replace("os.__file__, site.__file__", ""), tmp_path)
        assert target.read_text() == "x"  # negative control: removed, then written anew
    finally:
        target.unlink(missing_ok=True)


async def test_killing_everything_kills_only_the_job(walled: LocalRunner) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        attack = """
            import os, signal
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGSTOP, signal.SIGKILL):
                for pid in {1, os.getppid(), OTHER}:
                    try:
                        os.kill(pid, number)
                    except OSError as error:
                        print(error)
            try:
                os.kill(-1, signal.SIGKILL)
            except OSError as error:
                print(error)
            print("nobody else was there")
        """.replace("OTHER", str(bystander.pid))
        assert "nobody else was there" in await held(walled, attack)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


DAEMON = """
    import os, sys, time
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for fd in range(3): os.close(fd)
            time.sleep(600)
        os._exit(0)
    os.wait()
    print("daemon started", flush=True)
    time.sleep(%s)
"""


@pytest.mark.parametrize("then", ["0", "600"])
async def test_a_daemon_that_left_its_session_dies_with_the_job(walled: LocalRunner, then: str) -> None:
    assert "daemon started" in await held(walled, DAEMON % then, wall_s=1.0)


def test_without_a_wall_that_daemon_outlives_its_process_group(tmp_path: Path) -> None:
    import textwrap

    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(DAEMON % 600), TAG], start_new_session=True, stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == b"daemon started\n"
    os.killpg(process.pid, 9)
    process.wait()
    process.stdout.close()
    survivors = leftovers()
    for survivor in survivors:
        survivor.kill()
        survivor.wait(5)
    assert survivors


async def test_a_storm_of_respawning_daemons_dies_with_the_job(walled: LocalRunner) -> None:
    attack = """
        import os, signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("storm", flush=True)
        if os.fork() == 0:
            os.setsid()
            while True:
                try:
                    if os.fork(): os._exit(0)
                except OSError:
                    pass
        time.sleep(600)
    """
    assert "storm" in await held(walled, attack, wall_s=1.0)


async def test_the_death_of_the_runner_takes_its_job_along(walled: LocalRunner, tmp_path: Path) -> None:
    script = f"""
import asyncio
from runners.local import LocalRunner
from runners.models import Job, Output
async def main():
    job = Job("print('up')\\nimport time; time.sleep(600)", name="{TAG}.py")
    async for event in LocalRunner("bubblewrap").run(job):
        if isinstance(event, Output): print("up", flush=True)
asyncio.run(main())
"""
    process = subprocess.Popen([sys.executable, "-c", script], cwd=REPOSITORY, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"up\n"
    assert leftovers()
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 3
    while leftovers() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not leftovers()


# --- using the machine up


async def test_a_fork_bomb_is_ended(walled: LocalRunner) -> None:
    attack = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
    result = await run(walled, attack, wall_s=10.0, processes=64)
    assert result.ended in {("error", "processes"), ("timeout", "cpu"), ("timeout", "wall")}
    assert result.finished.cpu_s is not None  # the guard itself ended it, and told
    await held(walled, "pass")


async def test_a_thread_bomb_is_ended(walled: LocalRunner, tmp_path: Path) -> None:
    attack = """
        import threading, time
        for _ in range(%d): threading.Thread(target=time.sleep, args=(%d,), daemon=True).start()
        print("WORKED")
        time.sleep(%d)
    """
    assert "WORKED" in bare(attack % (60, 1, 0), tmp_path)
    result = await run(walled, attack % (60, 600, 600), processes=30)
    assert result.ended == ("error", "processes")
    assert "WORKED" not in result.text()


MEMORY = {
    "in one process": "x = bytearray(%d); x[::4096] = b'x' * len(x[::4096]); print('WORKED', flush=True)",
    "by a shared mapping": "import mmap; m = mmap.mmap(-1, %d)\nfor at in range(0, len(m), 4096): m[at] = 1\n"
    "import time; time.sleep(0.3); print('WORKED', flush=True)",
    # All at once, however long the forks take on a busy machine.
    "by 20 forks": "import os, time\nready, tell = os.pipe(); wait, go = os.pipe()\nfor _ in range(20):\n"
    "    if os.fork() == 0:\n"
    "        os.close(go); x = b'x' * (%d // 20); os.write(tell, b'.'); os.read(wait, 1); os._exit(0)\n"
    "for _ in range(20): os.read(ready, 1)\n"
    "time.sleep(2); os.close(go)\nfor _ in range(20): os.wait()\nprint('WORKED', flush=True)",
    "by a process that hides its memory": "import ctypes, time; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n"
    "x = b'x' * %d\ntime.sleep(0.3)\nprint('WORKED', flush=True)",
}


@pytest.mark.parametrize("how", MEMORY)
async def test_memory_past_the_limit_is_ended(walled: LocalRunner, how: str, tmp_path: Path) -> None:
    attack = MEMORY[how] % 400_000_000
    if how == "in one process":
        attack += "\nimport time; time.sleep(0.3); print('still here')"
    assert "WORKED" in bare(attack, tmp_path)
    result = await run(walled, attack, memory_mb=200)
    assert result.ended == ("memory", "memory")
    assert "still here" not in result.text()


async def test_a_loop_that_ignores_every_polite_signal_is_ended(walled: LocalRunner) -> None:
    attack = """
        import signal
        for number in range(1, 32):
            if number not in (signal.SIGKILL, signal.SIGSTOP): signal.signal(number, signal.SIG_IGN)
        while True: pass
    """
    assert (await run(walled, attack, wall_s=0.5)).ended == ("timeout", "wall")


async def test_a_stopped_process_does_not_stop_the_clock(walled: LocalRunner) -> None:
    assert (await run(walled, "import os; os.kill(0, 19)", wall_s=0.5)).ended == ("timeout", "wall")


async def test_infinite_output_is_cut_and_never_held_in_memory(walled: LocalRunner) -> None:
    attack = "import os\nwhile True: os.write(1, b'x' * 65536)"
    result = await run(walled, attack, output_bytes=100_000)
    assert result.ended == ("output_limit", "output")
    assert len(result.text()) == 100_000
    assert result.finished.wall_s < 10


async def test_a_sparse_file_of_10_gb_is_refused(walled: LocalRunner, tmp_path: Path) -> None:
    attack = "f = open('sparse.txt', 'wb'); f.truncate(%d); f.seek(%d - 1); f.write(b'x'); f.close(); print('WORKED')"
    assert "WORKED" in bare(attack % (10**10, 10**10), tmp_path)
    result = await run(walled, attack % (10**10, 10**10))
    assert result.ended == ("disk_limit", "files")
    assert "WORKED" not in result.text()


FILL = """
    import time
    for n in range(100):
        with open(f"%s/{n}", "wb") as file: file.write(b"x" * 1_000_000)
        time.sleep(0.02)
"""


@pytest.mark.parametrize("place", [".", "/tmp", "/dev/shm", "/job/home", "/var/tmp"])
async def test_the_disk_can_be_filled_no_further_than_its_limit(walled: LocalRunner, place: str) -> None:
    if not namespaced(walled):
        if place != ".":
            pytest.skip("nothing but its own folder can be written behind this wall")
        result = await run(walled, FILL % place, disk_mb=8)
        assert result.ended == ("disk_limit", "disk")
        return
    attack = f"""
        written = 0
        try:
            for n in range(100):
                with open(f"{place}/{{n}}", "wb") as file:
                    for _ in range(10): written += file.write(b"x" * 100_000)
        finally:
            print(written)
    """
    result = await run(walled, attack, disk_mb=8)
    assert result.ended == ("disk_limit", "disk")
    assert int(result.text()) <= 8 * 1024 * 1024


async def test_a_storm_of_empty_files_is_ended(walled: LocalRunner) -> None:
    attack = "import tempfile\nn = 0\nwhile True:\n    open(f'{tempfile.gettempdir()}/{n}', 'w').close(); n += 1"
    assert (await run(walled, attack)).ended == ("disk_limit", "disk")


async def test_deep_recursion_is_an_ordinary_error(walled: LocalRunner) -> None:
    result = await run(walled, "def f(): f()\nf()")
    assert result.ended == ("error", None)
    assert "RecursionError" in result.text("stderr")


@pytest.mark.parametrize(
    ("how", "code"), [("ctypes.string_at(0)", -11), ("os.abort()", -6), ("os.kill(os.getpid(), 9)", -9)]
)
async def test_a_crash_is_the_programs_own_error(walled: LocalRunner, how: str, code: int) -> None:
    result = await run(walled, f"import ctypes, os\n{how}")
    assert result.ended == ("error", None)
    assert result.finished.exit_code == code


# --- what it leaves behind


async def test_links_and_pipes_are_not_collected(walled: LocalRunner, tmp_path: Path) -> None:
    attack = """
        import os
        os.symlink("/proc/1/environ", "environ.txt")
        os.symlink("/etc/passwd", "passwd.txt")
        os.symlink("/", "root")
        os.mkfifo("pipe.txt")
        open("once.txt", "w").write("x")
        os.link("once.txt", "twice.txt")
        os.makedirs("a/b")
        open("a/b/good.txt", "w").write("fine")
        open("locked.txt", "w").write("x"); os.chmod("locked.txt", 0)
    """
    result = await run(walled, replace(job(attack), out_dir=tmp_path))
    # Without namespaces no file's rights can be changed, so there is no locked one.
    names = {"good.txt"} if namespaced(walled) else {"good.txt", "locked.txt"}
    assert {a.name for a in result.artifacts} == names
    assert {path.name for path in tmp_path.iterdir()} == names


async def test_pictures_that_would_explode_are_not_collected(walled: LocalRunner) -> None:
    attack = f"open('bomb.png', 'wb').write({png(30000, 30000)!r}); open('fine.png', 'wb').write({png(30, 30)!r})"
    assert [a.name for a in (await run(walled, attack)).artifacts] == ["fine.png"]


async def test_many_and_large_files_are_not_collected(walled: LocalRunner) -> None:
    attack = """
        for n in range(50): open(f"{n:02}.txt", "w").write("x")
        open("large.txt", "w").write("x" * 1_100_000)
    """
    result = await run(walled, attack, artifacts=3, artifact_mb=1)
    assert [a.name for a in result.artifacts] == ["00.txt", "01.txt", "02.txt"]


async def test_names_of_files_cannot_lead_out_of_the_folder_or_break_the_report(
    walled: LocalRunner, tmp_path: Path
) -> None:
    attack = r"""
        for name in ("a\nend 0 - 0 0\n.txt", "..\\..\\x.txt", "-rf.txt", "\u202etxt.exe.txt", b"\xff\xfe.txt"):
            open(name, "w").write("x")
    """
    result = await run(walled, replace(job(attack), out_dir=tmp_path / "out"))
    assert result.ended == ("ok", None)
    assert len(result.artifacts) == 4, "one that begins with a dot is hidden, and named as left"
    assert all(a.path and a.path.parent == tmp_path / "out" for a in result.artifacts)
    assert len(list((tmp_path / "out").iterdir())) == 4


async def test_a_folder_tree_without_end_does_not_stall_the_collector(walled: LocalRunner) -> None:
    attack = """
        import os
        for n in range(3000):
            os.mkdir("d"); os.chdir("d")
        open("deep.txt", "w").write("x")
    """
    assert (await run(walled, attack)).ended == ("ok", None)
