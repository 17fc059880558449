"""How fast programs run, beside what else could run them: all measured in turn, on one machine, in the same minutes.

Peers: a cold `python example.py`; the same behind a cold bubblewrap; a new Jupyter kernel; the standard library's
forkserver with the same imports preloaded and no wall. Figures are medians; ratios within one round cancel most of what
else the machine does.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from runners.errors import WallUnavailable
from runners.inside import meter
from runners.inside.preload import listed
from runners.local import LocalRunner
from runners.models import Finished, Job, Limits, Output
from runners.visible import environment, python_home

#: One program of each kind that people run: the time goes into imports, then into training.
SCRIPTS = {
    "sklearn": """
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import train_test_split
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, random_state=0)
print(len(X_train), "images to learn from", flush=True)
model = LogisticRegression(max_iter=200).fit(X_train, y_train)
print(f"accuracy {accuracy_score(y_test, model.predict(X_test)):.3f}")
print(f"ROC-AUC {roc_auc_score(y_test, model.predict_proba(X_test), multi_class='ovr'):.3f}")
""",
    "Keras CNN": """
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from sklearn.datasets import load_digits
from tensorflow.keras import Sequential, layers
X, y = load_digits(return_X_y=True)
print("a small CNN on 8x8 digits", flush=True)
model = Sequential([layers.Input((8, 8, 1)), layers.Conv2D(8, 3, activation="relu"),
                    layers.Flatten(), layers.Dense(10)])
model.compile("adam", "mse")
model.fit(X.reshape(-1, 8, 8, 1) / 16, (y[:, None] == range(10)).astype(float), epochs=2, batch_size=64, verbose=0)
print("trained", model.count_params(), "weights")
""",
    "GAN + plot": """
import os
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg")
import matplotlib.pyplot as plt
import tensorflow as tf
from tensorflow.keras import Sequential, layers, losses, optimizers
print("two nets against each other", flush=True)
G = Sequential([layers.Dense(16, "relu"), layers.Dense(2)])
D = Sequential([layers.Dense(16, "relu"), layers.Dense(1)])
opt_d, opt_g = optimizers.Adam(0.01), optimizers.Adam(0.01)
bce = losses.BinaryCrossentropy(from_logits=True)
@tf.function
def step():
    z = tf.random.normal([64, 2])
    with tf.GradientTape() as tape:
        real = D(tf.random.normal([64, 2], 3.0))
        loss = bce(tf.ones_like(real), real) + bce(tf.zeros([64, 1]), D(G(z)))
    opt_d.apply(tape.gradient(loss, D.trainable_variables), D.trainable_variables)
    with tf.GradientTape() as tape:
        loss = bce(tf.ones([64, 1]), D(G(z)))
    opt_g.apply(tape.gradient(loss, G.trainable_variables), G.trainable_variables)
    return loss
for i in range(100):
    loss = step()
print(f"loss {loss:.2f}")
plt.scatter(*G(tf.random.normal([200, 2])).numpy().T)
plt.savefig("samples.png")
""",
}
#: So many scikit-learn jobs at once show what it costs that each takes all cores for its matrix products.
CROWD = 8
TRAINED = ("Keras CNN", "GAN + plot")
#: Short enough for the kernel to keep as a process's name.
RESTING = "resting.py"
SLEEP = "\nimport time\nprint('resting', flush=True)\ntime.sleep(60)\n"


@dataclass(frozen=True, slots=True)
class Took:
    """One run. Seconds; `cpu_s` is None where it cannot be told."""

    first_s: float
    total_s: float
    cpu_s: float | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """A line of the table: what was reached, and what must be."""

    figure: str
    value: float
    must: str
    aim: str
    held: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the line as one JSON object."""
        return {**asdict(self), "value": round(self.value, 3)}


@dataclass(frozen=True, slots=True)
class SpeedReport:
    """Ratios first, then all that they were made of: script → way → median run."""

    ratios: list[Ratio]
    medians: dict[str, dict[str, Took]]


Say = Callable[[str], None]


async def measure(rounds: int, jobs: int, say: Say = lambda line: None) -> SpeedReport:
    """Measure everything, each way in turn, `rounds` times.

    Args:
        rounds: how often; the median counts.
        jobs: how many queued jobs to measure throughput with; 0 leaves it out.
        say: told what is being done.
    """
    runner = LocalRunner(warm=True)
    cold_wall = LocalRunner()
    say("starting the warm engine")
    if not await runner.warm_up():
        why = runner.engine.why_broken or runner.report.why_not_better
        raise WallUnavailable(f"the warm engine does not work here: {why}; `epoch doctor` says what to do")
    took: dict[str, dict[str, list[Took]]] = {name: {} for name in SCRIPTS}
    try:
        async with _forkserver() as forked:
            ways: dict[str, Callable[[str], Any]] = {
                "cold": _cold,
                "cold, walled": lambda script: _walled(cold_wall, script),
                "Jupyter kernel": _jupyter,
                "forkserver": forked,
                "Epoch": lambda script: _warm(runner, script),
            }
            for number in range(rounds):
                for name, script in SCRIPTS.items():
                    for way, play in ways.items():
                        say(f"round {number + 1} of {rounds}: {name}, {way}")
                        took[name].setdefault(way, []).append(await play(script))
        medians = {name: {way: _median(runs) for way, runs in by_way.items()} for name, by_way in took.items()}
        ratios = _ratios(medians)
        say("memory of a Keras job at rest")
        ratios.append(_at_most("private memory of a Keras job, MB", await _private_mb(runner), 150, 90))
        if jobs:
            say(f"{jobs} queued jobs, 2 workers")
            ratios.append(await _throughput(runner, jobs))
            say(f"{jobs} queued scikit-learn jobs, {CROWD} at once, with all cores each and with their share")
            ratios.append(await _sharing(runner, jobs))
    finally:
        await runner.close()
        await cold_wall.close()
    return SpeedReport(ratios, medians)


def _median(runs: list[Took]) -> Took:
    cpu = [run.cpu_s for run in runs if run.cpu_s is not None]
    return Took(median(run.first_s for run in runs), median(run.total_s for run in runs), median(cpu) if cpu else None)


def _ratios(medians: dict[str, dict[str, Took]]) -> list[Ratio]:
    ratios = []
    for name, ways in medians.items():
        cold, warm, fork = ways["cold"], ways["Epoch"], ways["forkserver"]
        ratios.append(_at_least(f"first output, cold ÷ Epoch: {name}", cold.first_s / warm.first_s, 12, 20))
        if name in TRAINED:
            ratios.append(_at_least(f"total, cold ÷ Epoch: {name}", cold.total_s / warm.total_s, 3, 4))
        if cold.cpu_s and warm.cpu_s:
            ratios.append(_at_least(f"CPU seconds, cold ÷ Epoch: {name}", cold.cpu_s / warm.cpu_s, 3.5, 4.5))
        bound = (warm.first_s - 0.030) / fork.first_s
        what = f"(first output − 30 ms) ÷ forkserver with no wall: {name}"
        ratios.append(Ratio(what, bound, "≤ 2", "≤ 1.5 with 15 ms", bound <= 2))
    return ratios


def _at_least(figure: str, value: float, must: float, aim: float) -> Ratio:
    return Ratio(figure, value, f"≥ {must}", f"≥ {aim}", value >= must)


def _at_most(figure: str, value: float, must: float, aim: float) -> Ratio:
    return Ratio(figure, value, f"≤ {must}", f"≤ {aim}", value <= must)


# --- the ways


def _surroundings() -> dict[str, str]:
    """Return the environment of the peers: this process's, and of a job's all but its folders (so, its threads too)."""
    jobs = environment(python_home(), home_dir="", scratch="")
    folders = ("PATH", "HOME", "USER", "TMPDIR", "MPLCONFIGDIR")
    return os.environ | {name: value for name, value in jobs.items() if name not in folders}


async def _cold(script: str) -> Took:
    with tempfile.TemporaryDirectory(prefix="epoch-bench-") as folder:
        path = Path(folder, "example.py")
        path.write_text(script, encoding="utf-8")
        return await asyncio.to_thread(_watch, [sys.executable, str(path)], folder)


def _watch(command: list[str], folder: str) -> Took:
    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=_surroundings(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout
        process.stdout.read(1)
        first = time.perf_counter() - began
        process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with status {process.returncode}")
    return Took(first, time.perf_counter() - began, usage.ru_utime + usage.ru_stime)


async def _walled(runner: LocalRunner, script: str) -> Took:
    return await _follow(runner, Job(script))


async def _warm(runner: LocalRunner, script: str) -> Took:
    before = runner.engine.cpu_s
    took = await _follow(runner, Job(script))
    # The guard's share, the zygote's and all forks on top: what the machine spent, not what the script counts.
    return replace(took, cpu_s=runner.engine.cpu_s - before)


async def _follow(runner: LocalRunner, job: Job) -> Took:
    began = time.perf_counter()
    first = None
    end: Finished | None = None
    async with aclosing(runner.run(job)) as events:
        async for event in events:
            if isinstance(event, Output) and event.stream == "stdout" and first is None:
                first = time.perf_counter() - began
            elif isinstance(event, Finished):
                end = event
    if end is None or end.outcome != "ok" or first is None:
        raise RuntimeError(f"a program of the benchmark did not run to its end: {end}")
    return Took(first, time.perf_counter() - began, end.cpu_s)


async def _jupyter(script: str) -> Took:
    """Start a kernel, run the script in it, shut it down: what a notebook does with *Restart and run all*."""
    from jupyter_client.manager import start_new_async_kernel

    began = time.perf_counter()
    folder = tempfile.TemporaryDirectory(prefix="epoch-bench-")  # what the script saves must not lie about
    manager, client = await start_new_async_kernel(
        kernel_name="python3", stderr=subprocess.DEVNULL, cwd=folder.name, env=_surroundings()
    )
    first: float | None = None
    try:
        request = client.execute(script)
        while True:
            message = await asyncio.wait_for(client.get_iopub_msg(), 120)
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "stream" and message["content"]["name"] == "stdout" and first is None:
                first = time.perf_counter() - began
            if message["msg_type"] == "error":
                raise RuntimeError(f"the kernel says: {message['content']['evalue']}")
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
        total = time.perf_counter() - began
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        folder.cleanup()
    return Took(first or total, total)


@asynccontextmanager
async def _forkserver() -> AsyncIterator[Callable[[str], Any]]:
    """The standard library's forkserver in a process of its own, its imports the zygote's."""
    program = Path(__file__).with_name("forkserver.py")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(program), *listed(), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, env=_surroundings(),
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    stdin, stdout = process.stdin, process.stdout
    await stdout.readline()

    async def play(script: str) -> Took:
        with tempfile.TemporaryDirectory(prefix="epoch-bench-") as folder:
            Path(folder, "example.py").write_text(script, encoding="utf-8")
            stdin.write(f"{folder}\n".encode())
            first, total, cpu = (await stdout.readline()).split()
        return Took(float(first), float(total), float(cpu))

    try:
        yield play
    finally:
        stdin.close()
        await process.wait()


# --- the other figures


async def _private_mb(runner: LocalRunner) -> float:
    """Return the MiB that a trained Keras job has for itself while it rests.

    Its process is told by its name: it may have been there, spare, before the job was.
    """
    job = Job(SCRIPTS["Keras CNN"] + SLEEP, name=RESTING, limits=Limits(wall_s=90))
    async with aclosing(runner.run(job)) as events:
        async for event in events:
            if isinstance(event, Output) and "resting" in event.text:
                return sum(_private_kb(pid) for pid in _own_processes() if _name(pid) == RESTING) / 1024
    raise RuntimeError("the program never came to rest")


def _own_processes() -> set[int]:
    return set(meter.look(os.getpid(), everything=False).sizes)


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return ""  # gone meanwhile


def _private_kb(pid: int) -> int:
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("Private_"))


async def _throughput(runner: LocalRunner, jobs: int) -> Ratio:
    script = SCRIPTS["Keras CNN"]
    few = max(2, jobs // 5)  # cold ones all take the same time; a few tell how long

    warm = await _seconds(lambda: _follow(runner, Job(script)), jobs, 2)
    cold = await _seconds(lambda: _cold(script), few, 2)
    return _at_least(f"jobs/s, 2 workers, {jobs} queued, Epoch ÷ cold", cold / warm, 4, 5)


async def _sharing(all_cores: LocalRunner, jobs: int) -> Ratio:
    """Return what it gains that each job takes its share of the cores only."""
    script = SCRIPTS["sklearn"]
    shared = LocalRunner(warm=True, slots=CROWD)
    try:
        if not await shared.warm_up():
            raise WallUnavailable(f"a second warm engine does not start: {shared.engine.why_broken}")
        each = await _seconds(lambda: _follow(shared, Job(script)), jobs, CROWD)
    finally:
        await shared.close()
    greedy = await _seconds(lambda: _follow(all_cores, Job(script)), jobs, CROWD)
    what = f"jobs/s, scikit-learn, {CROWD} at once, share of the cores ÷ all cores each"
    return Ratio(f"{what} ({1 / each:.1f} ÷ {1 / greedy:.1f})", greedy / each, "≥ 1", "≥ 2", greedy >= each)


async def _seconds(play: Callable[[], Any], count: int, at_once: int) -> float:
    """Return the seconds that each of `count` runs took, `at_once` of them at a time."""
    slots = asyncio.Semaphore(at_once)

    async def one() -> None:
        async with slots:
            await play()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(count)))
    return (time.perf_counter() - began) / count
