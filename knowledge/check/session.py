"""Runs the proofs of some topics, judges them, and writes the transcripts that were asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.bank.evidence import Evidence
from knowledge.bank.loader import evidence_transcript, load_evidence, topics_root, transcript_file, write_transcript
from knowledge.bank.models import Example, Problem, Topic, Transcript
from knowledge.check import transcripts
from knowledge.check.proofs import MAX_MB, MAX_SECONDS, Proof, of_drills, of_evidence, proofs, transcript
from knowledge.check.running import Result, run_all
from knowledge.progress import ProgressCallback
from runners.models import Runner
from runners.walls.table import WALLS


@dataclass(frozen=True, slots=True)
class ProofRun:
    """How long one proof took, and what it needed. Seconds and MiB; None where it was not measured."""

    label: str
    outcome: str
    wall_s: float
    cpu_s: float | None
    peak_mb: float | None


class ProofSession:
    """One round of running: what was proven, what was not, and which transcripts it wrote."""

    def __init__(self, root: Path, runner: Runner, parallel: int | None, progress: ProgressCallback | None) -> None:
        self.root = root
        # What was accepted into another bank was accepted by others: without a wall it does not run.
        self.trusted = root.resolve() == topics_root().resolve()
        self.runner = runner
        self.parallel = parallel
        self.progress = progress
        self.problems: list[Problem] = []
        self.ran: list[ProofRun] = []
        self.accepted: list[str] = []

    async def prove(self, topics: Sequence[Topic], seeds: int, accept: bool, full: bool = False) -> None:
        """Run all proofs of the topics and judge them."""
        wanted = [
            (topic, proof) for topic in topics for proof in (*proofs(topic, seeds, full), *of_drills(topic, seeds))
        ]
        if full:
            wanted += [
                (topic, of_evidence(topic, each))
                for topic in topics
                for each in load_evidence(self.root / topic.slug)[0]
            ]
        chosen = [pair for pair in wanted if self._may_run(pair[1])]
        if len(chosen) < len(wanted):
            self.problems.append(_no_wall(len(wanted) - len(chosen)))
        results = await self._run([proof for _, proof in chosen])
        judged: dict[str, Result] = {}
        for (topic, proof), result in zip(chosen, results, strict=True):
            judged[proof.label] = result
            if result.broke_down:
                what = f"'{proof.label}' could not be run: {result.reason}"
                self.problems.append(Problem(path=_MACHINE, problem=what, fix=_WALL_FIX))
            else:
                self.problems += proof.judge(result)
                self.problems += _within_limits(topic, proof, result)
        for topic, proof in wanted:
            result_or_none = judged.get(proof.label)
            if isinstance(proof.accepts, Evidence):
                if accept and result_or_none is not None and result_or_none.ok:
                    name = evidence_transcript(proof.accepts.claim.name)
                    self._keep(f"{topic.slug}/{name}", proof.accepts, result_or_none)
            elif proof.accepts is not None and not (accept and self._accept(topic, proof, result_or_none)):
                self.problems += transcript(topic, proof.accepts, result_or_none)

    def _may_run(self, proof: Proof) -> bool:
        """Tell whether this may run here: without a wall, only what the packaged bank accepted, as it stands."""
        example = proof.accepts
        return WALLS[self.runner.wall].any_script or (
            self.trusted
            and isinstance(example, Example)
            and example.transcript is not None
            and example.transcript.sha256 == example.sha256
        )

    async def _run(self, chosen: list[Proof]) -> list[Result]:
        jobs = [(proof.label, proof.job) for proof in chosen]
        results = await run_all(self.runner, jobs, parallel=self.parallel, progress=self.progress)
        # Neighbours cost time: what was late beside them gets one more chance alone.
        for index, (proof, result) in enumerate(zip(chosen, results, strict=True)):
            if proof.timed and result.seconds > MAX_SECONDS:
                (results[index],) = await run_all(self.runner, [jobs[index]])
        for proof, result in zip(chosen, results, strict=True):
            if (end := result.finished) is not None:
                self.ran.append(ProofRun(proof.label, end.outcome, end.wall_s, end.cpu_s, end.peak_mb))
        return results

    def _accept(self, topic: Topic, proof: Proof, result: Result | None) -> bool:
        """Write the transcript if the example ran to its end; tell whether it stands there as it should now."""
        example = proof.accepts
        if not isinstance(example, Example) or result is None or not result.ok:
            return False
        if any(transcript(topic, example, result)):
            self._keep(f"{topic.slug}/{transcript_file(example.name)}", example, result)
        return True

    def _keep(self, name: str, script: Example | Evidence, result: Result) -> None:
        kept = Transcript(sha256=script.sha256, text=transcripts.tidy(result.stdout))
        (self.root / name).write_text(write_transcript(kept), encoding="utf-8", newline="\n")
        self.accepted.append(name)


#: Where a problem lies that no topic is to blame for.
_MACHINE = "this machine"
_WALL_FIX = "install bubblewrap, or run this on a machine where a wall works (`epoch doctor` says)"


def _no_wall(count: int) -> Problem:
    what = f"no wall works here, so {count} runs of unaccepted or changed code were left out"
    return Problem(path=_MACHINE, problem=what, fix=_WALL_FIX)


def _within_limits(topic: Topic, proof: Proof, result: Result) -> Iterator[Problem]:
    end = result.finished
    if not proof.timed or end is None or not result.ok:
        return
    path = f"{topic.slug}/{proof.job.name}"
    if result.seconds > MAX_SECONDS:
        yield Problem(path=path, problem=f"takes {result.seconds:.0f} s", fix=f"bring it under {MAX_SECONDS:.0f} s")
    if end.peak_mb is not None and end.peak_mb > MAX_MB:
        yield Problem(path=path, problem=f"takes {end.peak_mb:.0f} MB", fix=f"bring it under {MAX_MB:.0f} MB")
