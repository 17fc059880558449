"""What must be proven by running: examples, their counters, other seeds, and the programs in the quiz.

Each proof is a job and a judge: the judge reads the result and yields what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from knowledge.bank import parameters
from knowledge.bank.drills import Drill, Variant
from knowledge.bank.errors import ParameterError
from knowledge.bank.evidence import Evidence
from knowledge.bank.loader import evidence_file, transcript_file
from knowledge.bank.models import Example, Item, Problem, Topic
from knowledge.bank.programs import Program
from knowledge.check import drill_proofs, transcripts
from knowledge.check.evidence import compared
from knowledge.check.running import Result
from knowledge.check.scripts import seeded
from knowledge.check.texts import problem
from runners.models import Job, Limits

#: Generous, because neighbours and a busy machine stretch wall time; what an example really takes is judged after.
_LIMITS = Limits(wall_s=120.0)
#: Ten seeds and each rival's settings take longer than an example.
_EVIDENCE_LIMITS = Limits(wall_s=900.0, cpu_s=600.0)
#: What an example may take on two idle cores.
MAX_SECONDS, MAX_MB = 20.0, 1536.0
#: Seconds to search for a second answer to an item; what trains a net is hardly searched in the shorter time.
SEARCH, SEARCH_FULLY = 3.0, 30.0
#: Output is read on phones.
MAX_OUTPUT_LINES, MAX_OUTPUT_COLUMNS = 25, 60
#: Seeds tried beside the one an example ships with, in this order.
_SEEDS = (1, 2, 7, 42, 123, 1234, 3, 4, 5, 6, 8, 9, 10)
_WARNING = re.compile(r"^.*\b\w*Warning: .*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing to run.

    Attributes:
        label: what it is, for progress and timing (`gan: counter`).
        job: what to run.
        judge: yields what is wrong with the result.
        accepts: the example, or the evidence, whose transcript this run may become; None for every other proof.
        timed: whether it must keep within an example's time and memory.
    """

    label: str
    job: Job
    judge: Callable[[Result], Iterator[Problem]]
    accepts: Example | Evidence | None = None
    timed: bool = False


def proofs(topic: Topic, seeds: int, full: bool = False) -> Iterator[Proof]:
    """Yield all proofs of a topic: each example (with `seeds` seeds in all), its counter, each program of the quiz.

    With `full`, what searches for other answers to an item has more time.
    """
    for example in topic.examples:
        yield _example(topic, example)
        yield from _counter(topic, example)
        yield from _seeds(topic, example, seeds - 1)
    for item in topic.quiz:
        yield from _item(topic, item, SEARCH_FULLY if full else SEARCH)


def of_drills(topic: Topic, seeds: int) -> Iterator[Proof]:
    """Yield the proofs of a topic's drills, a run a variant; apart from the others, as making mutants takes time."""
    for drill in topic.drills:
        for variant in drill.variants:

            def judge(result: Result, drill: Drill = drill, variant: Variant = variant) -> Iterator[Problem]:
                yield from drill_proofs.judged(drill, variant, result)

            label = f"{topic.slug}: drill {drill.name}, {variant}"
            yield Proof(label, drill_proofs.job(drill, variant, seeds), judge)


def of_evidence(topic: Topic, evidence: Evidence) -> Proof:
    """Return the run of a claim's script, held against the last accepted one."""
    file = evidence_file(evidence.claim.name)

    def judge(result: Result) -> Iterator[Problem]:
        if not result.ok:
            yield problem(f"{topic.slug}/{file}", f"does not run: {result.reason}", "make it pass")
        elif evidence.transcript is not None and evidence.transcript.sha256 == evidence.sha256:
            yield from compared(topic, evidence, result.stdout)

    job = Job(evidence.source, name=file, limits=_EVIDENCE_LIMITS)
    return Proof(f"{topic.slug}: {file}", job, judge, accepts=evidence)


def _example(topic: Topic, example: Example) -> Proof:
    path = f"{topic.slug}/{example.file}"

    def judge(result: Result) -> Iterator[Problem]:
        if not result.ok:
            yield problem(path, f"does not run: {result.reason}", "make it pass")
            return
        if warned := _WARNING.search(result.stderr):
            yield problem(path, f"warns: {warned[0].strip()[:120]}", "mend what it warns about")
        if "savefig" in example.source and not result.pictures:
            yield problem(path, "leaves no picture behind", "save it beside the script, as plt.savefig('name.png')")
        yield from _readable(f"{topic.slug}/{transcript_file(example.name)}", result.stdout)

    accepted = example.transcript.sha256 if example.transcript else None
    job = Job(example.source, name=example.file, accepted_sha256=accepted, limits=_LIMITS)
    return Proof(f"{topic.slug}: {example.file}", job, judge, accepts=example, timed=True)


def _readable(path: str, printed: str) -> Iterator[Problem]:
    lines = transcripts.tidy(printed).splitlines()
    if not printed.strip():
        yield problem(path, "the example prints nothing", "print a short readable result")
    if len(lines) > MAX_OUTPUT_LINES:
        yield problem(path, f"the output has {len(lines)} lines", f"print at most {MAX_OUTPUT_LINES}")
    if (widest := max(map(len, lines))) > MAX_OUTPUT_COLUMNS:
        yield problem(path, f"the output is {widest} columns wide", f"print at most {MAX_OUTPUT_COLUMNS}")


def transcript(topic: Topic, example: Example, result: Result | None) -> Iterator[Problem]:
    """Compare the example with its transcript, and what it printed too if it ran to its end."""
    path, fix = f"{topic.slug}/{transcript_file(example.name)}", f"run `epoch check {topic.slug} --accept`"
    kept = example.transcript
    if kept is None:
        yield problem(path, "is missing", fix)
    elif kept.sha256 != example.sha256:
        yield problem(path, f"belongs to an older {example.file}", fix)
    elif result is not None and result.ok:
        changed = transcripts.difference(kept.text, result.stdout, loose=transcripts.trains(example.source))
        if changed:
            yield problem(path, f"is not what {example.file} prints: {changed}", f"make it repeatable, then {fix}")


def _counter(topic: Topic, example: Example) -> Iterator[Proof]:
    name, _, value = example.meta.counter.partition("=")
    try:
        script = parameters.apply(example.source, {name: value}, bounded=False)
    except ParameterError:
        return  # the rules that need no run have said so
    key = f"examples.{example.name}.counter"

    def judge(result: Result) -> Iterator[Problem]:
        path = f"{topic.slug}/topic.toml"
        if result.ok:
            fix = "make the assertion stricter or the counter stronger"
            yield problem(path, f"{key}: the claim still holds under {example.meta.counter}", fix)
        elif not result.failed_assertion:
            fix = "make an assertion fail first"
            yield problem(path, f"{key}: {example.meta.counter} ends otherwise: {result.reason}", fix)

    yield Proof(f"{topic.slug}: {example.file} with {example.meta.counter}", _job(script, example.file), judge)


def _seeds(topic: Topic, example: Example, more: int) -> Iterator[Proof]:
    if more < 1 or not seeded(example):
        return
    shipped = next(found for found in parameters.parse(example.source) if found.name == "SEED")
    others = [seed for seed in (*_SEEDS, *range(1000, 1000 + more)) if seed != shipped.value and shipped.admits(seed)]
    for seed in others[:more]:

        def judge(result: Result, seed: int = seed) -> Iterator[Problem]:
            if not result.ok:
                fix = "make the claim hold for every seed"
                yield problem(f"{topic.slug}/{example.file}", f"fails with SEED={seed}: {result.reason}", fix)

        script = parameters.apply(example.source, {"SEED": str(seed)})
        yield Proof(f"{topic.slug}: {example.file} with SEED={seed}", _job(script, example.file), judge)


def _item(topic: Topic, item: Item, seconds: float) -> Iterator[Proof]:
    for program in (*item.programs(), *item.searches(seconds)):

        def judge(result: Result, program: Program = program) -> Iterator[Problem]:
            for what, fix in program.judge(result):
                yield problem(f"{topic.slug}/quiz.toml", f"item '{item.id}': {what}", fix)

        label = ", ".join(filter(None, [f"{topic.slug}: quiz {item.id}", program.part]))
        yield Proof(label, _job(program.source, program.file), judge)


def _job(script: str, name: str) -> Job:
    return Job(script, name=name, limits=_LIMITS)
