"""Runs scripts through any runner, several at once, and says for each what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from knowledge.progress import ProgressCallback
from runners.errors import WallRequired
from runners.models import Artifact, Finished, Job, Output, Runner, Started

#: A job may take 2 GiB before it is stopped; as many run at once as fit, and no more than two cores serve well.
_JOB_BYTES = 2 * 1024**3
_MOST_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Result:
    """How one script ended. `refused` says why it never ran, if it did not."""

    stdout: str = ""
    stderr: str = ""
    pictures: tuple[str, ...] = ()
    finished: Finished | None = None
    refused: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the script ran to its end without an error."""
        return self.finished is not None and self.finished.outcome == "ok"

    @property
    def seconds(self) -> float:
        """What it takes on an idle machine: CPU time where that is less, as a busy machine stretches wall time."""
        if self.finished is None:
            return 0.0
        wall, cpu = self.finished.wall_s, self.finished.cpu_s
        return wall if cpu is None else min(wall, cpu)

    @property
    def broke_down(self) -> bool:
        """Whether the machine is to blame: no wall, or a sandbox that failed."""
        return self.finished is None or self.finished.outcome == "sandbox_failed"

    @property
    def failed_assertion(self) -> bool:
        """Whether an assertion of its own ended it."""
        ended = self.finished is not None and self.finished.outcome == "error"
        return ended and self.exception.startswith("AssertionError")

    @property
    def exception(self) -> str:
        """The last traceback's own line (`AssertionError: …`), without the frames; empty if there is none."""
        _, _, last = self.stderr.rpartition("Traceback (most recent call last):")
        lines = last.splitlines() if "Traceback" in self.stderr else self.stderr.splitlines()[-3:]
        raised = (line for line in lines if line.strip() and not line.startswith((" ", "\t")))
        return next(raised, "").strip()

    @property
    def reason(self) -> str:
        """What went wrong, in a few words."""
        if self.refused is not None or self.finished is None:
            return self.refused or "it never finished"
        match self.finished.outcome:
            case "ok":
                return "it ran without an error"
            case "error":
                said = self.exception or f"exit status {self.finished.exit_code}"
                return said if len(said) <= 160 else f"{said[:160]}…"
            case "sandbox_failed":
                return f"the sandbox failed ({' '.join(self.stderr.split())[-160:]})"
        return f"it was stopped ({self.finished.outcome})"


async def run(runner: Runner, job: Job) -> Result:
    """Run one job to its end."""
    output: dict[str, list[str]] = {"stdout": [], "stderr": []}
    pictures: list[str] = []
    finished: Finished | None = None
    try:
        stream = runner.run(job)
        async with aclosing(stream):
            async for event in stream:
                match event:
                    case Output(name, text):
                        output[name].append(text)
                    case Artifact(name, media_type) if media_type.startswith("image/"):
                        pictures.append(name)
                    case Finished():
                        finished = event
                    case Started():  # the second of a run that began anew
                        output, pictures = {"stdout": [], "stderr": []}, []
                    case Artifact():
                        pass
    except WallRequired as error:
        return Result(refused=str(error))
    return Result("".join(output["stdout"]), "".join(output["stderr"]), tuple(dict.fromkeys(pictures)), finished)


async def run_all(
    runner: Runner,
    jobs: Sequence[tuple[str, Job]],
    *,
    parallel: int | None = None,
    progress: ProgressCallback | None = None,
) -> list[Result]:
    """Run all jobs and return their results in the same order.

    Args:
        runner: what runs them.
        jobs: a label for the progress, and the job.
        parallel: how many at once; None takes what memory and cores allow.
        progress: called with a label, how many are done, and how many there are.
    """
    slots = asyncio.Semaphore(parallel or _at_once())
    done = 0

    async def one(label: str, job: Job) -> Result:
        nonlocal done
        async with slots:
            result = await run(runner, job)
        done += 1
        if progress is not None:
            progress(label, done, len(jobs))
        return result

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(label, job)) for label, job in jobs]
    return [task.result() for task in tasks]


def _at_once() -> int:
    return max(1, min(_MOST_AT_ONCE, _available_bytes() // _JOB_BYTES))


def _available_bytes() -> int:
    """Return the memory that can be had without swapping; one job's worth where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass  # not Linux, or /proc is hidden: run one at a time
    return _JOB_BYTES
