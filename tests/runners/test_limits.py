"""Each limit, met by a program that goes past it, and by one that stays just below."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runners.local import LocalRunner
from runners.verdict import judge
from tests.runners.conftest import run

REPOSITORY = Path(__file__).resolve().parents[2]

# wanted limits (small, so that tests are quick), a script, outcome and limit
PAST = {
    "sleeping past the wall clock": ({"wall_s": 0.5}, "import time; time.sleep(600)", ("timeout", "wall")),
    "one spinning process": ({"cpu_s": 0.5}, "while True: pass", ("timeout", "cpu")),
    "children that spin and are waited for": (
        {"cpu_s": 1.0},
        """
        import os
        while True:
            if os.fork() == 0:
                for _ in range(3_000_000): pass
                os._exit(0)
            os.wait()
        """,
        ("timeout", "cpu"),
    ),
    "memory in one process": (
        {"memory_mb": 150},
        "import time\nblocks = []\nwhile True: blocks.append(b'x' * 10_000_000); time.sleep(0.01)",
        ("memory", "memory"),
    ),
    "one allocation far too large": ({"memory_mb": 100}, "x = bytearray(3 << 30)", ("memory", "memory")),
    "too much output": ({"output_bytes": 1000}, "while True: print('x' * 100)", ("output_limit", "output")),
    "one file too large": (
        {"file_mb": 1},
        "open('a.bin', 'wb').write(b'x' * 2_000_000)",
        ("disk_limit", "files"),
    ),
    "a full disk": (
        {"disk_mb": 4, "file_mb": 2},
        "for n in range(9): open(f'{n}.bin', 'wb').write(b'x' * 1_000_000)",
        ("disk_limit", "disk"),
    ),
    "too many processes": (
        {"processes": 20},
        "import os, time\nfor _ in range(60):\n    if os.fork() == 0: time.sleep(600)\ntime.sleep(600)",
        ("error", "processes"),
    ),
}


@pytest.mark.parametrize("name", PAST)
async def test_a_program_past_its_limit_is_ended_and_told_which(walled: LocalRunner, name: str) -> None:
    limits, script, ended = PAST[name]
    result = await run(walled, script, **limits)
    assert result.ended == ended, result.text("stderr")
    assert result.finished.wall_s < 15


WITHIN = {
    "wall_s": ({"wall_s": 5.0}, "import time; time.sleep(0.3)"),
    "cpu_s": ({"cpu_s": 5.0}, "for _ in range(1_000_000): pass"),
    "memory_mb": ({"memory_mb": 150}, "x = b'x' * 90_000_000; import time; time.sleep(0.2)"),
    "output_bytes": ({"output_bytes": 1000}, "print('x' * 999)"),
    "file_mb": ({"file_mb": 1}, "open('a.bin', 'wb').write(b'x' * 1_000_000)"),
    "disk_mb": ({"disk_mb": 4}, "for n in range(3): open(f'{n}.bin', 'wb').write(b'x' * 1_000_000)"),
    "processes": (
        {"processes": 20},
        "import os, time\nfor _ in range(15):\n    if os.fork() == 0: time.sleep(0.3); os._exit(0)\n"
        "for _ in range(15): os.wait()",
    ),
}


@pytest.mark.parametrize("name", WITHIN)
async def test_a_program_within_its_limit_is_left_alone(walled: LocalRunner, name: str) -> None:
    limits, script = WITHIN[name]
    result = await run(walled, script, **limits)
    assert result.ended == ("ok", None), result.text("stderr")


async def test_the_kernels_clock_leaves_the_cpu_limit_to_the_guard(walled: LocalRunner) -> None:
    # It counts in ticks and may be ahead: it once ended a loop before its 20 seconds were over, and said nothing.
    script = "import resource; print(resource.getrlimit(resource.RLIMIT_CPU)[0])\nwhile True: pass"
    result = await run(walled, script, cpu_s=3.0, wall_s=120.0)
    assert result.ended == ("timeout", "cpu")
    assert result.finished.cpu_s is not None
    assert 3 < result.finished.cpu_s < 4
    assert float(result.text()) >= 2 * 3


@pytest.mark.skipif(sys.platform != "linux", reason="the backstop's signals are Linux's")
@pytest.mark.parametrize(("deaf", "ends_by"), [(False, signal.SIGXCPU), (True, signal.SIGKILL)])
def test_where_the_guard_sleeps_the_kernel_ends_a_loop_by_the_signal_of_the_limit(deaf: bool, ends_by: int) -> None:
    script = (
        "import signal; from runners.walls.limits import limit_self; limit_self(512, 8, 0.1, None); "
        f"{deaf} and signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, check=False, timeout=60)
    assert done.returncode == -ends_by
    assert judge(-signal.SIGXCPU, "-", "") == ("timeout", "cpu")


async def test_output_is_cut_exactly_at_the_limit(walled: LocalRunner) -> None:
    result = await run(
        walled, "import sys\nwhile True: print('x' * 70); print('y' * 50, file=sys.stderr)", output_bytes=5000
    )
    assert len(result.text()) + len(result.text("stderr")) == 5000


async def test_memory_shared_after_a_fork_is_counted_once(walled: LocalRunner) -> None:
    script = """
        import os, time
        block = bytearray(100_000_000)
        for _ in range(6):
            if os.fork() == 0:
                time.sleep(1)
                os._exit(0)
        for _ in range(6):
            os.wait()
    """
    assert (await run(walled, script, memory_mb=250)).ended == ("ok", None)


async def test_cpu_and_memory_are_measured(walled: LocalRunner) -> None:
    script = """
        import os, time
        block = b"x" * 120_000_000
        if os.fork() == 0:
            end = time.process_time() + 0.3
            while time.process_time() < end: pass
            os._exit(0)
        os.wait()
    """
    done = (await run(walled, script)).finished
    assert done.cpu_s is not None
    assert done.peak_mb is not None
    assert 0.3 <= done.cpu_s < 3
    assert 115 < done.peak_mb < 400


async def test_a_figure_saved_before_the_time_ran_out_is_kept(walled: LocalRunner) -> None:
    result = await run(walled, "open('a.txt', 'w').write('x')\nwhile True: pass", wall_s=0.5)
    assert result.ended == ("timeout", "wall")
    assert [a.name for a in result.artifacts] == ["a.txt"]


async def test_a_job_yields_to_the_bot_and_is_the_first_to_go_when_memory_runs_out(walled: LocalRunner) -> None:
    script = "import os; print(os.nice(0), open('/proc/self/oom_score_adj').read())"
    nice, score = (await run(walled, script)).text().split()
    assert int(nice) >= 5
    assert score == "1000"
