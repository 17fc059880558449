"""The warm engine, as the runner sees it: a zygote kept alive, and jobs handed to it.

    start → zygote imports → `ready` → canary → jobs → (it died) → a pause, longer each time → start again

One thread owns the zygote from start to end: it starts it (the kernel ends a `--die-with-parent` child with the thread
that made it), proves it by a canary, listens to it, and starts the next when it is gone.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from runners.inside import orders
from runners.launch import Launch
from runners.models import Job, Limits
from runners.tree import kill_tree

log = logging.getLogger(__name__)

#: Importing TensorFlow and the rest takes five seconds here, and many times that on a slow, cold disk.
READY_S = 120.0
CANARY_S = 20.0
#: What lived so long died of something that happened to it, and the next one is started at once.
STEADY_S = 60.0
#: Pauses before the next start after one, two, … that did not live so long; the last goes on for good. A machine that
#: is out of memory while it boots has some a minute later; one whose TensorFlow is broken pays five seconds in ten
#: minutes.
PAUSES_S = (1.0, 5.0, 30.0, 120.0, 600.0)
CLOSE_S = 5.0
#: A trivial addition works even in a fork whose threads are missing: these two would hang.
CANARY = """
try:
    import tensorflow as tf
except ImportError:
    print("canary: no TensorFlow here")
else:
    x = tf.random.normal((64, 64))
    assert tf.matmul(x, x).shape == (64, 64)
    model = tf.keras.Sequential([tf.keras.layers.Dense(4, "relu"), tf.keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, x[:, :1], verbose=0)
    print("canary: alive")
"""

#: Packages that are too large for every zygote, and what a zygote of their own imports and is proved by.
LARGE = {"torch": ("numpy", "torch", "torch.utils.data")}
CANARIES = {
    "torch": """
import torch
x = torch.randn(64, 64)
model = torch.nn.Linear(64, 2)
model(x @ x).square().mean().backward()
assert model.weight.grad.shape == (2, 64)
print("canary: alive")
"""
}

EngineState = Literal["idle", "starting", "ready", "waiting", "closed"]
Launcher = Callable[[], AbstractContextManager[Launch]]


class EngineDown(OSError):
    """The zygote cannot take this job."""


@dataclass(frozen=True)
class Ticket:
    """A job handed over; `gone` is done when nothing of it is left."""

    number: int
    gone: Future[None] = field(default_factory=Future)


class Engine:
    """A zygote and all that keeps it going. Safe to use from any thread and any event loop.

    Args:
        launcher: a context that holds what it takes to start one.
        large: the large package that this one has at hand (a key of `LARGE`); empty for what examples use.
    """

    def __init__(self, launcher: Launcher, large: str = "") -> None:
        self._launcher = launcher
        self._large = large
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._tickets: dict[int, Ticket] = {}
        self._launch: Launch | None = None
        #: Orders go to the zygote by this, and what it tells comes back; None while there is none.
        self.control: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._settled: Future[bool] = Future()
        self._closing = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self.state: EngineState = "idle"
        self.why_broken = ""
        #: CPU seconds of all jobs so far, their guards included.
        self.cpu_s = 0.0
        self.pid = 0
        self.starts = 0

    def start(self) -> Future[bool]:
        """See that a zygote is on its way; the future tells whether the first one proved itself, or one is ready now.

        One that did not is tried again, later each time, until one does.
        """
        with self._lock:
            if self.state in ("idle", "closed"):
                self._closing.clear()
                self.state, self._settled = "starting", Future()
                self._settled.set_running_or_notify_cancel()  # one who waits no longer stops nothing
                self._thread = threading.Thread(target=self._keep, name="epoch-engine", daemon=True)
                self._thread.start()
            return self._settled

    @property
    def _called(self) -> str:
        return f" of {self._large}" if self._large else ""

    @property
    def ready(self) -> bool:
        """Whether a job handed over now runs warm."""
        return self.state == "ready"

    def hand_over(self, job: Job, source: bytes, stdin: bytes, fds: tuple[int, ...]) -> Ticket:
        """Give a job to the zygote, with its socket, standard output and error, and those of its control group if any.

        Raises:
            EngineDown: there is none, or it takes nothing now.
        """
        with self._lock:
            if self.state != "ready":
                raise EngineDown(f"the engine is {self.state}")
            return self._send(job, source, stdin, fds)

    def _send(self, job: Job, source: bytes, stdin: bytes, fds: tuple[int, ...]) -> Ticket:
        assert self._launch
        assert self.control
        ticket = Ticket(next(self._numbers))
        ticket.gone.set_running_or_notify_cancel()  # nobody who waits can cancel what happens anyway
        words = self._launch.warm(job, source, stdin, ticket.number, grouped=len(fds) > orders.STREAMS)
        self._tickets[ticket.number] = ticket
        try:
            socket.send_fds(self.control, [orders.pack("run", ticket.number, words)], list(fds), socket.MSG_DONTWAIT)
        except OSError as error:
            del self._tickets[ticket.number]
            raise EngineDown(f"the zygote takes no job: {error}") from error
        return ticket

    def kill(self, number: int) -> None:
        """End a job whose guard does not answer."""
        with self._lock, contextlib.suppress(OSError):
            if self.control and number in self._tickets:
                self.control.send(orders.pack("kill", number, []), socket.MSG_DONTWAIT)

    def close(self) -> None:
        """End the zygote and every job of it; a later `start` begins anew. Blocks for a moment."""
        with self._lock:
            self._closing.set()
            thread = self._thread
            if self.state == "ready" and self.control:
                with contextlib.suppress(OSError):
                    self.control.shutdown(socket.SHUT_RDWR)
            elif self._process:
                kill_tree(self._process.pid)  # it imports, and listens to nobody
        if thread and thread is not threading.current_thread():
            thread.join(CLOSE_S * 2)

    # --- the thread that owns the zygote

    def _keep(self) -> None:
        failures, told = 0, ""
        while not self._closing.is_set():
            began = time.monotonic()
            try:
                with self._launcher() as launch:
                    self._live(launch)
            except (OSError, EngineDown, subprocess.SubprocessError) as error:
                self.why_broken = " ".join(str(error).split()) or type(error).__name__
            if self._closing.is_set():
                break
            failures = failures + 1 if time.monotonic() - began < STEADY_S else 0
            pause = PAUSES_S[min(failures, len(PAUSES_S)) - 1] if failures else 0.0
            # The same trouble every ten minutes is told once.
            level = logging.DEBUG if failures > len(PAUSES_S) and self.why_broken == told else logging.ERROR
            told = self.why_broken
            log.log(level, "the warm engine%s is down: %s; every run %s until it is up, the next try comes in %.0f s",
                    self._called, told, "imports it anew" if self._large else "starts cold", pause)  # fmt: skip
            self._settle("waiting")
            if self._closing.wait(pause):
                break
            self.state = "starting"
        self._settle("closed")

    def _settle(self, state: EngineState) -> None:
        """Enter a state that whoever waits for the first start can be told of."""
        with self._lock:
            self.state = state
            if state == "ready" and self._settled.done():
                self._settled = Future()  # the first start failed: who asks from now on hears of this one
            if not self._settled.done():
                self._settled.set_result(state == "ready")

    def _live(self, launch: Launch) -> None:
        """Start one zygote and stay with it to its end."""
        killed_before = killed_for_memory()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours:
            with theirs:
                process = subprocess.Popen(
                    launch.zygote(theirs.fileno(), LARGE.get(self._large, ())),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    pass_fds=(theirs.fileno(), *launch.data_fds),
                    env=launch.env,
                    cwd=launch.cwd,
                    start_new_session=True,
                )
            with self._lock:
                self._process = process
                self.pid = process.pid
                self.starts += 1
                if self._closing.is_set():
                    kill_tree(process.pid)
            last_words = _Tail(process)
            why = ""
            try:
                began = time.monotonic()
                imported = self._await_ready(ours)
                if imported:
                    with self._lock:
                        self._launch, self.control = launch, ours
                    self._try_canary()
                    log.info("the warm engine%s is ready after %.1f s", self._called, time.monotonic() - began)
                    self._settle("ready")
                    self._listen(ours)
            except EngineDown as error:
                why = str(error)
            finally:
                with self._lock:
                    self._launch = self.control = None
                    if self.state == "ready":
                        self.state = "starting"
                ours.close()
                self._bury(process)
            why = why or how_it_ended(process.returncode) + ("" if imported else " while importing")
            if killed_for_memory() > killed_before:
                why += "; the kernel was out of memory and killed something meanwhile"
            if words := last_words.text():
                why += f"; its last words: {words}"
            raise EngineDown(why)

    def _await_ready(self, control: socket.socket) -> bool:
        """Return whether the zygote has imported what it shall; False where it ended before."""
        control.settimeout(READY_S)
        try:
            said = control.recv(64)
        except TimeoutError:
            raise EngineDown(f"its imports took more than {READY_S:.0f} s") from None
        control.settimeout(None)
        return said == b"ready"

    def _try_canary(self) -> None:
        """Run a job that would hang if forks of this zygote could not compute.

        Raises:
            EngineDown: it did hang, or failed.
        """
        job = Job(CANARIES.get(self._large, CANARY), name="canary.py", limits=Limits(wall_s=CANARY_S))
        source = job.script.encode()
        report, theirs = socket.socketpair()
        read, write = os.pipe()
        with report, os.fdopen(read, "rb") as output:
            with theirs, os.fdopen(write, "wb") as end, self._lock:
                ticket = self._send(job, source, b"", (theirs.fileno(), end.fileno(), end.fileno()))
            report.sendall(source)
            said = b""
            deadline = time.monotonic() + CANARY_S + 5
            while time.monotonic() < deadline and not self._closing.is_set():
                if not select.select([output], [], [], 0.2)[0]:
                    continue
                piece = os.read(output.fileno(), 4096)
                if not piece:
                    break
                said += piece
            if b"canary:" not in said:
                self.kill(ticket.number)
                report.settimeout(2)
                with contextlib.suppress(OSError):
                    said += report.recv(500)
                words = said.decode(errors="replace")[-300:]
                raise EngineDown(f"a fork cannot compute within {CANARY_S:.0f} s: {words}")

    def _listen(self, control: socket.socket) -> None:
        """Take what the zygote says, to its end."""
        while True:
            try:
                said = control.recv(256)
            except OSError:
                return
            if not said:
                return
            match said.split():
                case [b"gone", number, cpu] if number.isdigit():
                    ticket = self._tickets.pop(int(number), None)
                    with contextlib.suppress(ValueError):
                        self.cpu_s += float(cpu)
                    if ticket:
                        ticket.gone.set_result(None)
                case _:
                    log.error("the zygote said something unknown: %r", said[:40])

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        """See that the zygote is dead, then that everybody who waits for a job of it knows."""
        try:
            process.wait(CLOSE_S)
        except subprocess.TimeoutExpired:
            kill_tree(process.pid)
            process.wait()
        with self._lock:
            self._process = None  # its number may soon be somebody else's, and `close` kills by it
            tickets, self._tickets = self._tickets, {}
        for ticket in tickets.values():
            ticket.gone.set_result(None)


def killed_for_memory() -> int:
    """Return how many processes the kernel has killed on this machine for want of memory; 0 where it does not tell."""
    try:
        with open("/proc/vmstat", encoding="ascii") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("oom_kill ")), 0)
    except OSError:
        return 0


def how_it_ended(status: int) -> str:
    """Return in words what an exit status says, as `Popen` or bubblewrap gives it: -9 or 137 for SIGKILL."""
    try:
        return f"it was killed by {signal.Signals(-status if status < 0 else status - 128).name}"
    except ValueError:
        return f"it ended with exit status {status}"


class _Tail:
    """The last of what a process wrote to standard error."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._lines: list[str] = []
        self._thread = threading.Thread(target=self._read, args=(process,), name="epoch-engine-stderr", daemon=True)
        self._thread.start()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr
        with process.stderr:
            for line in process.stderr:
                text = line.decode("utf-8", "replace").strip()
                log.debug("zygote: %s", text)
                self._lines = [*self._lines, text][-3:]

    def text(self) -> str:
        """Return them when all is read, or a second after its death: a job of it may hold the other end longer."""
        self._thread.join(1.0)
        return " ".join(self._lines)[-300:]
