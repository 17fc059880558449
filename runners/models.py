"""What goes into a run and what comes out: `Job`, `Limits`, the events, and the walls.

A run is a stream: one `Started`, any number of `Output` and `Artifact`, one `Finished`. Every runner yields exactly
that shape whatever happens, so a front needs no other error path for a started run. Only on a cluster there may be a
second `Started` in the middle: the machine was lost, and the program began anew on another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from runners.walls.table import Wall

Stream = Literal["stdout", "stderr"]
Outcome = Literal["ok", "error", "timeout", "memory", "output_limit", "disk_limit", "stopped", "sandbox_failed"]
LimitName = Literal["wall", "cpu", "memory", "processes", "files", "output", "disk"]

MiB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use. Every limit has its reason here, once.

    Attributes:
        wall_s: seconds from start to end. Examples take ≤ 20 s on two idle cores, and several times that on busy ones.
        cpu_s: CPU seconds summed over the job, which a busy machine does not stretch: stops whatever spins.
        memory_mb: MiB summed over all the job's processes. Examples need ≤ 1.5 GB.
        processes: processes and threads at once; TensorFlow alone starts dozens of threads.
        output_bytes: stdout and stderr together, counted while they are read.
        file_mb: MiB of the largest single file.
        disk_mb: MiB of the work folder and /tmp together.
        artifacts: files collected at the end, at most.
        artifact_mb: MiB of one collected file; Discord takes 10 MB from a bot.
    """

    wall_s: float = 120.0
    cpu_s: float = 60.0
    memory_mb: int = 2048
    processes: int = 256
    output_bytes: int = 256 * 1024
    file_mb: int = 32
    disk_mb: int = 64
    artifacts: int = 8
    artifact_mb: int = 8

    def allowed(self, limit: LimitName) -> float:
        """Return the number of a limit, in the unit that is its own above."""
        return {
            "wall": self.wall_s, "cpu": self.cpu_s, "memory": self.memory_mb, "processes": self.processes,
            "files": self.file_mb, "output": self.output_bytes, "disk": self.disk_mb,
        }[limit]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Job:
    """One script to run.

    Attributes:
        script: Python source.
        name: file name the learner sees in tracebacks (`example.py`).
        stdin: text given to the program, or None for an empty standard input.
    pasted: whether a person wrote or pasted it, in a hurry perhaps: what does not compile is mended where that is safe,
        the value of a last expression is shown, and figures that nobody saved are kept. The bank's own code runs as it
        stands.
        accepted_sha256: SHA-256 under which this very source was accepted into the bank, if it was. A runner without a
            wall compares it with the script's own and refuses everything else; it takes nobody's word for it.
        out_dir: where artefacts are put (created when needed); None drops them after their event.
        limits: see `Limits`.
        owner: who asked, for a queue to be fair by; any text that tells people apart.
        imports: large packages that it is known to import (`runners.engine.LARGE`), whatever its source looks like: a
            warm engine may have them at hand.
    """

    script: str
    name: str = "example.py"
    stdin: str | None = None
    pasted: bool = False
    accepted_sha256: str | None = None
    out_dir: Path | None = None
    limits: Limits = field(default_factory=Limits)
    owner: str = ""
    imports: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the script is, to the letter, the one that was accepted."""
        return hashlib.sha256(self.script.encode("utf-8", "replace")).hexdigest() == self.accepted_sha256


@dataclass(frozen=True, slots=True)
class Started:
    """The program is about to run. A second one: it begins anew, and nothing that came before counts any more."""

    wall: Wall
    warm: bool


@dataclass(frozen=True, slots=True)
class Output:
    """A piece of output as it came; raw text, not yet neutralised for any front."""

    stream: Stream
    text: str


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file the program saved, checked and collected; `path` is None when the job has no `out_dir`.

    A picture comes as soon as it is saved, and once more under the same name when it has changed since.
    """

    name: str
    media_type: str
    size: int
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell the person besides the program's own output; raw, and from the far side of the wall.

    Attributes:
        key: one of `runners.notes.KEYS`; a front has the words for it.
        values: what the words name.
    """

    key: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """How it ended. Times in seconds, memory in MiB; None where it was not measured.

    `allowed` is the number of the limit that was met: seconds, MiB (`memory`, `files`, `disk`), bytes (`output`) or how
    many (`processes`). `notes` say what was mended, what the program lacked, and which of its files did not come back.
    `lost` with `sandbox_failed`: the machine it ran on was lost, and so was its second one, or there was none.
    """

    outcome: Outcome
    limit: LimitName | None
    exit_code: int | None
    wall_s: float
    cpu_s: float | None
    peak_mb: float | None
    first_output_s: float | None
    lost: bool = False
    allowed: float | None = None
    notes: tuple[Note, ...] = ()


Event = Started | Output | Artifact | Finished


def event_json(event: Event) -> str:
    """Return the event as the one compact JSON line that `epoch run --json` prints."""
    match event:
        case Started(wall, warm):
            fields: dict[str, object] = {"event": "started", "wall": wall, "warm": warm}
        case Output(stream, text):
            fields = {"event": stream, "text": text}
        case Artifact(name, media_type, size, _):
            fields = {"event": "artifact", "name": name, "media_type": media_type, "bytes": size}
        case Finished():
            fields = {
                "event": "finished",
                "outcome": event.outcome,
                "limit": event.limit,
                "exit_code": event.exit_code,
                "wall_s": _rounded(event.wall_s),
                "cpu_s": _rounded(event.cpu_s),
                "peak_mb": _rounded(event.peak_mb, 1),
                "first_output_s": _rounded(event.first_output_s),
                **({"lost": True} if event.lost else {}),
                **({"allowed": event.allowed} if event.allowed is not None else {}),
                **({"notes": [asdict(note) for note in event.notes]} if event.notes else {}),
            }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _rounded(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(value, digits)


#: How what starts jobs is: its warm engine is up, or machines of its cluster are (`ready`); the engine is on its way
#: (`starting`), or down (`broken`); none is wanted, or the wall knows none (`cold`); no machine is there (`away`).
Condition = Literal["ready", "starting", "cold", "broken", "away"]


class Runner(Protocol):
    """Anything that runs jobs: the local engine, or a cluster of them."""

    @property
    def wall(self) -> Wall:
        """The wall edited code would stand behind; `trusted` means edited code is refused."""
        ...

    @property
    def condition(self) -> Condition:
        """How what starts jobs is at this moment; never waits."""
        ...

    async def warm_up(self) -> bool:
        """Get ready for several jobs; False where each will start cold. May take as long as a job."""
        ...

    def run(self, job: Job) -> AsyncGenerator[Event, None]:
        """Run `job` and yield its events.

        Closing the iterator (or cancelling the task that consumes it) kills everything the job started before the
        close returns.

        Raises:
            runners.errors.WallRequired: before any event, when the script may not run without a wall and there is none.
        """
        ...

    async def close(self) -> None:
        """Stop all jobs and free what the runner holds."""
        ...
