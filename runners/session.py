"""One job's conversation with its guard: start it, stream what it prints and saves, make sure it is gone."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import logging
import os
import socket
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from runners import notes
from runners.artifacts import Shelf
from runners.groups import Group, Groups, GroupUsage
from runners.models import Artifact, Event, Finished, Job, LimitName, MiB, Note, Outcome, Output, Started, Stream
from runners.noise import NoiseFilter
from runners.shortpaths import PathFilter, host_folders
from runners.verdict import judge
from runners.walls.table import Wall
from runners.ways import GuardExit, Way

log = logging.getLogger(__name__)
PIECE = 16 * 1024
TAIL = 2000
#: How much longer than its wall limit a job may seem to run before its guard is taken for dead.
GRACE_S = 10.0
#: How long a guard may take to kill everything when asked, before it is killed itself.
STOP_S = 3.0
#: How long the kernel may take over that on a machine at its limits.
KILL_S = 20.0


class NotTaken(Exception):
    """The way to a guard is closed; nothing of the job has run, so another way may be tried."""


@dataclass
class _Report:
    """What the guard said; `status` stays None when it never came to its end."""

    settled: asyncio.Event = field(default_factory=asyncio.Event)  # ready, or known to have failed
    ready: bool = False
    status: int | None = None
    named: str = "-"
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    notes: list[Note] = field(default_factory=list)


class Session:
    """One run from start to end; made for one use.

    Args:
        job: what to run.
        way: how its guard comes to be.
        wall: what it stands behind.
        groups: makes its control group; None where there are none.
    """

    def __init__(self, job: Job, way: Way, wall: Wall, groups: Groups | None = None) -> None:
        self._job = job
        self._way = way
        self._wall = wall
        self._groups = groups
        self._group: Group | None = None
        self._told: GroupUsage | None = None
        self._report = _Report()
        self._shelf = Shelf(job.limits.artifacts, job.limits.artifact_mb * MiB, job.out_dir)
        self._pieces: asyncio.Queue[Output | Artifact | None] = asyncio.Queue()  # bounded by the limits
        self._taken = 0
        self._tail = ""
        self._endings: list[tuple[Stream, codecs.IncrementalDecoder, Sequence[NoiseFilter | PathFilter]]] = []
        self._over = False
        self._late = False
        self._stopped = False
        self._asked = False
        self._began = time.monotonic()
        self._first_output_s: float | None = None
        self._starting: asyncio.Future[bool] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._gone: asyncio.Future[None] | None = None

    def stop(self) -> None:
        """Ask for the end: the stream then finishes with the outcome `stopped`."""
        self._stopped = True
        self._ask_to_stop()

    async def over(self) -> None:
        """Wait until nothing of the job runs, whether anybody takes its events or not."""
        if self._starting:
            await asyncio.wait([self._starting])
        if self._gone:
            await asyncio.wait([self._gone], timeout=STOP_S)

    async def events(self) -> AsyncGenerator[Event, None]:
        """Run the job and yield its events; closing the generator kills everything first.

        Raises:
            NotTaken: before any event, when the zygote went away before it took the job.
        """
        backstop = asyncio.get_running_loop().call_later(self._job.limits.wall_s + GRACE_S, self._overdue)
        try:
            # Shielded: asyncio leaks the pipes of a subprocess whose creation is cancelled halfway.
            self._starting = asyncio.ensure_future(self._start())
            started = await asyncio.shield(self._starting)
            if self._way.warm and not self._report.ready and not (self._stopped or self._late):
                raise NotTaken
            yield Started(self._wall, warm=self._way.warm)
            if started:
                while (piece := await self._pieces.get()) is not None:
                    yield piece
            yield self._finished()
        finally:
            backstop.cancel()
            await to_the_end(asyncio.ensure_future(self._end()))

    async def _start(self) -> bool:
        """Start the guard and wait until it is ready or known to have failed; False when there was nothing to start."""
        source = self._job.script.encode("utf-8", "replace")
        stdin = (self._job.stdin or "").encode("utf-8", "replace")
        ours, theirs = socket.socketpair()
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        try:
            self._began = time.monotonic()
            self._group = self._groups.make(self._job.limits) if self._groups else None
            fds = self._group.fds if self._group else ()
            gone = await self._way.start(self._job, source, stdin, theirs, out_end, err_end, fds)
        except OSError as error:
            log.error("the sandbox cannot be started: %s", error)
            self._close_group()
            ours.close()
            os.close(out)
            os.close(err)
            return False
        finally:
            theirs.close()
            os.close(out_end)
            os.close(err_end)
        reader, self._writer = await asyncio.open_connection(sock=ours, limit=2 * PIECE)
        self._writer.write(source + stdin)
        if self._stopped:
            self._ask_to_stop()
        self._gone = asyncio.ensure_future(self._until_gone(reader, out, err, gone))
        await self._report.settled.wait()
        return True

    async def _until_gone(self, report: asyncio.StreamReader, out: int, err: int, gone: GuardExit) -> None:
        await asyncio.gather(self._listen(report), self._pump("stdout", out), self._pump("stderr", err), gone)
        for stream, decoder, filters in self._endings:
            # What was cut short may end in half a character, which nobody wrote; else all is shown as it is.
            rest = "" if self._was_cut else decoder.decode(b"", final=True)
            for each in filters:
                rest = each.feed(rest) + each.flush()
            self._put(stream, rest)
        self._close_group()
        self._pieces.put_nowait(None)

    def _close_group(self) -> None:
        if self._group:
            self._told, self._group = self._group.close(), None

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        """Take the guard's report. It is read with the same care as the script's own output."""
        report, most = self._report, self._job.limits.artifact_mb * MiB
        try:
            while line := await reader.readline():
                match line.decode("utf-8", "replace").rstrip("\n").split(" ", 3):
                    case ["ready"]:
                        report.ready = True
                        report.settled.set()
                    case ["failed", *why]:
                        log.error("a wall could not be raised, so nothing ran: %s", " ".join(why))
                    case ["file", size, number, name]:
                        if int(size) > most:
                            raise ValueError(f"a file of {size} bytes")
                        await self._keep(int(number), name, await reader.readexactly(int(size)))
                    case ["note", *words]:
                        if len(report.notes) < 2 * notes.MOST and (note := notes.read(" ".join(words))):
                            report.notes.append(note)
                    case ["end", status, named, rest]:
                        report.wall_s = time.monotonic() - self._began
                        cpu, peak = rest.split(" ")
                        report.cpu_s, report.peak_mb = float(cpu), float(peak)
                        report.named, report.status = named, int(status)
                    case _:
                        raise ValueError(f"unknown word {line[:40]!r}")
        except (ValueError, OSError, asyncio.IncompleteReadError) as error:
            log.error("a guard broke off or did not keep to its words: %s", error)
            self._way.kill()
        finally:
            report.settled.set()

    async def _keep(self, number: int, name: str, content: bytes) -> None:
        artifact = await asyncio.to_thread(self._shelf.take, number, name, content)
        if artifact:
            self._pieces.put_nowait(artifact)

    async def _pump(self, stream: Stream, fd: int) -> None:
        await self._report.settled.wait()
        reader = asyncio.StreamReader(2 * PIECE)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(fd, "rb", 0)
        )
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        filters = (NoiseFilter(), PathFilter(host_folders())) if stream == "stderr" else ()
        try:
            while data := await reader.read(PIECE):
                left = max(0, self._job.limits.output_bytes - self._taken)
                self._taken += len(data)
                if len(data) > left and not self._over:
                    self._over = True
                    self._ask_to_stop()
                # Beyond the limit it reads on to the end and drops all: nobody must hang on a full pipe.
                text = decoder.decode(data[:left])
                for each in filters:
                    text = each.feed(text)
                self._put(stream, text)
        finally:
            transport.close()
        self._endings.append((stream, decoder, filters))

    @property
    def _was_cut(self) -> bool:
        """Whether the program was ended from outside, or its output was."""
        report = self._report
        ended = report.named not in ("-", "disk?") or (report.status or 0) < 0
        return self._over or self._stopped or self._late or ended

    def _put(self, stream: Stream, text: str) -> None:
        # Where the guard never got ready these are bwrap's words, not the program's: for the log only.
        if stream == "stderr":
            self._tail = (self._tail + text)[-TAIL:]
        if text and self._report.ready:
            self._first_output_s = self._first_output_s or time.monotonic() - self._began
            self._pieces.put_nowait(Output(stream, text))

    def _finished(self) -> Finished:
        report = self._report
        outcome: Outcome
        limit: LimitName | None = None
        if self._over:
            outcome, limit = "output_limit", "output"
        elif self._stopped:
            outcome = "stopped"
        elif self._late:
            outcome, limit = "timeout", "wall"
        elif report.status is None:
            # Once the program ran these are its words, which are a member's own.
            said = "no more than the program, whose words are not kept" if report.ready else self._tail.strip()
            log.error("the sandbox failed; it said: %s", said or "nothing")
            outcome = "sandbox_failed"
        else:
            killed = self._told is not None and self._told.out_of_memory
            named = "memory" if killed and report.named == "-" else report.named
            outcome, limit = judge(report.status, named, self._tail)
        measured = report.status is not None
        return Finished(
            outcome,
            limit,
            report.status,
            report.wall_s or time.monotonic() - self._began,
            max(report.cpu_s, self._told.cpu_s if self._told else 0.0) if measured else None,
            report.peak_mb if measured else None,
            self._first_output_s,
            allowed=self._job.limits.allowed(limit) if limit else None,
            notes=notes.merged([*report.notes, *self._shelf.left_out]),
        )

    def _ask_to_stop(self) -> None:
        if self._writer and not self._asked and not self._writer.is_closing():
            self._asked = True  # once: the guard reads one byte
            self._writer.write(b"s")

    def _overdue(self) -> None:
        self._late = True
        self._way.kill()

    async def _end(self) -> None:
        """Whatever has happened: nothing of the job runs when this returns."""
        if self._starting:
            await asyncio.wait([self._starting])
        self._ask_to_stop()
        if self._gone:
            done, _ = await asyncio.wait([self._gone], timeout=STOP_S)
            if not done:
                self._way.kill()
                await asyncio.wait([self._gone], timeout=KILL_S)
        self._close_group()
        if self._writer:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()


async def to_the_end(task: asyncio.Future[None]) -> None:
    """Wait for `task` even when cancelled meanwhile, as often as that may be: no job must be left half killed."""
    cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            cancelled = True
    task.result()
    if cancelled:
        raise asyncio.CancelledError
