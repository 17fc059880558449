"""The tests run in the background too, where a shell has SIGINT ignored."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Starts a child, as tests do, and says by which signal it ended when it was interrupted.
STARTS = """
import signal, subprocess, sys
{first}
command = [sys.executable, "-c", "print(flush=True); import time; time.sleep(20)"]
child = subprocess.Popen(command, stdout=subprocess.PIPE)
child.stdout.readline()
child.send_signal(signal.SIGINT)
try:
    print(child.wait(timeout={patience}))
except subprocess.TimeoutExpired:
    child.kill()
    print("ignored")
"""
HEAR = "from tests.conftest import hear_interrupts; hear_interrupts()"


@pytest.mark.parametrize(("first", "patience", "ends"), [(HEAR, 15, str(-signal.SIGINT)), ("", 2, "ignored")])
def test_children_of_the_tests_hear_interrupts_though_the_shell_ignores_them(
    first: str, patience: int, ends: str
) -> None:
    command = [sys.executable, "-c", STARTS.format(first=first, patience=patience)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )  # fmt: skip
    assert done.stdout.strip() == ends, done.stderr
