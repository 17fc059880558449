"""Tells a contributor everything that is wrong with the bank at once, as `path: problem; how to mend it`.

Folders go through the loader, then:

    texts        languages, sections, what Discord cannot render
    relations    names, questions, paraphrases, relations, over the bank
    scripts      examples, without running them
    items        quiz items, without running them
    sheets       what an item says to people: its why, its width, what an open one asks
    guessing     what gives a right option away
    repeats      the same fact tested twice
    wordings     points.toml, pairs.tsv
    controls     names of the interface's controls
    evidence     claims of rank, by what shows them
    sources      what a page rests on, and when it was checked
    drills       drills, without running them
    proofs       what must be proven by running; `session` runs them all, `transcripts` compares
    drill_proofs what must be proven of a drill; `mutants` changes its solution, `edits` says in which ways
    passed       which topics passed as they stand
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.bank.loader import BANK_FILE, EVIDENCE_FILE, load_bank, load_evidence, topics_root, undone
from knowledge.bank.models import Bank, Problem, Topic
from knowledge.check import (
    controls,
    drills,
    evidence,
    guessing,
    items,
    passed,
    relations,
    repeats,
    scripts,
    sheets,
    sources,
    texts,
    units,
    wordings,
)
from knowledge.check.proofs import transcript
from knowledge.check.session import ProofRun, ProofSession
from knowledge.progress import ProgressCallback
from runners.models import Runner

__all__ = ["ProofRun", "CheckReport", "check", "of_bank"]


#: A command in a fix, up to where its options may follow.
_ADVISED = re.compile(r"`epoch (?:check|new)( [a-z0-9-]+)?")


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Attributes:
        problems: everything wrong, topic by topic.
        topics: how many topics were looked at.
        ran: every proof that was run.
        accepted: transcripts written, relative to the bank's folder.
        unchanged: topics that were not run, because they passed as they stand.
    """

    problems: tuple[Problem, ...]
    topics: int
    ran: tuple[ProofRun, ...] = ()
    accepted: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


async def check(
    bank_root: Path | None = None,
    slugs: Sequence[str] = (),
    *,
    run: bool = True,
    seeds: int = 1,
    accept: bool = False,
    full: bool = False,
    changed: bool = False,
    runner: Runner | None = None,
    parallel: int | None = None,
    progress: ProgressCallback | None = None,
    today: date | None = None,
) -> CheckReport:
    """Check topics and return everything that is wrong.

    Args:
        bank_root: the folder of topics; None is the package's own.
        slugs: topics to report on; none means all. The rest of the bank still counts for what must be unique.
        run: run examples, counters and quiz proofs.
        seeds: with how many seeds to run each example that offers one; the first is the one it ships with.
        accept: write the transcript of every example that ran to its end, unless it says the same already, and write
            down which topics passed.
        full: run the evidence for claims of rank anew, too, and search longer for second answers to quiz items.
        changed: run only topics that have not passed as they stand.
        runner: what runs them; needed when `run`.
        parallel: jobs at once; None takes what memory and cores allow.
        progress: called with what was run, how many are done, how many there are.
        today: the day, which no page can have been checked after; None asks the clock.
    """
    root = topics_root() if bank_root is None else bank_root
    bank = load_bank(root, drafts=True)
    own = (root / BANK_FILE).is_file()
    entries = [entry for entry in root.iterdir() if entry.is_dir()] if root.is_dir() else []
    folders = {entry.name for entry in entries if not (own and entry.name.startswith((".", "__")))}
    packaged = frozenset(entry.name for entry in topics_root().iterdir()) if own else frozenset[str]()
    selected = set(slugs) or folders
    problems = list(_static(root, bank, selected, folders, packaged, today or date.today(), everything=not slugs))
    topics = [topic for slug, topic in bank.topics.items() if slug in selected]
    if not run:
        for topic in topics:
            for example in topic.examples:
                problems += transcript(topic, example, None)
        return CheckReport(_sorted(problems), len(topics))
    if runner is None:
        raise ValueError("check(run=True) needs a runner")
    to_run = passed.changed(root, topics) if changed else topics
    left = [topic for topic in topics if topic not in to_run]
    for topic in left:
        for example in topic.examples:
            problems += transcript(topic, example, None)
    session = ProofSession(root, runner, parallel, progress)
    await session.prove(to_run, seeds, accept, full)
    # The loader read the transcripts before they were written anew.
    problems = [found for found in problems if found.path not in session.accepted]
    measured = [topic for topic in topics if any(p.startswith(f"{topic.slug}/evidence_") for p in session.accepted)]
    problems = [
        found for found in problems if found.path not in {f"{topic.slug}/{EVIDENCE_FILE}" for topic in measured}
    ]
    for topic in measured:
        problems += evidence.evidence(topic, load_evidence(root / topic.slug)[0])
    report = CheckReport(
        _sorted(problems + session.problems),
        len(topics),
        tuple(session.ran),
        tuple(session.accepted),
        tuple(topic.slug for topic in left),
    )
    if accept:
        _keep_passed(root, report, to_run, folders)
    return report


def _keep_passed(root: Path, report: CheckReport, ran: Sequence[Topic], folders: Collection[str]) -> None:
    """Write down which of the topics that were run have no fault: none of their own, and none of the machine's."""
    bad = {found.path.partition("/")[0] for found in report.problems}
    now = load_bank(root, drafts=True).topics  # with the transcripts that were just written
    good = [now[topic.slug] for topic in ran if topic.slug not in bad] if bad.issubset(folders) else []
    passed.keep(root, good, bad, folders)


def _static(
    root: Path, bank: Bank, selected: Collection[str], folders: Collection[str], packaged: frozenset[str],
    today: date, *, everything: bool,
) -> Iterator[Problem]:  # fmt: skip
    for slug in sorted(set(selected) - set(folders)):
        fix = f"give the name of one of its folders, or make it with `epoch new {slug}`"
        yield Problem(path=slug, problem="is no topic of this bank", fix=fix)
    for found in bank.problems:
        if everything or found.path.partition("/")[0] in selected:
            yield found
    for slug in sorted(set(selected) & set(folders)):
        yield from undone(root / slug)
        if slug in packaged:
            what = "has the slug of a topic of the packaged bank"
            yield Problem(path=slug, problem=what, fix="give its folder another name")
        if slug in bank.topics:
            topic = bank[slug]
            yield from relations.entry(topic, packaged.union(folders))
            yield from texts.explanation(topic)
            yield from units.units(topic)
            yield from texts.texts(topic)
            yield from scripts.scripts(topic)
            yield from items.items(topic)
            yield from sheets.whys(topic)
            yield from sheets.wide_lines(topic)
            yield from sheets.open_prompts(topic)
            yield from guessing.guessing(topic)
            yield from wordings.wordings(topic)
            yield from wordings.turned_pairs(topic)
            yield from controls.controls(topic)
            yield from sources.sources(topic, today)
            yield from drills.drills(topic)
            claims, found_wrong = load_evidence(root / slug)
            yield from found_wrong
            yield from evidence.evidence(topic, claims)
    yield from repeats.repeats(list(bank.topics.values()), selected)
    yield from relations.bank(bank.topics.values(), selected)
    yield from drills.bank(list(bank.topics.values()), selected)


def of_bank(problem: Problem, root: Path) -> Problem:
    """Return the problem with the bank's folder in the command that its fix advises.

    Without it the command would be about the package's own topic of that name.
    """
    option = f" --root {shlex.quote(str(root))}"
    return problem.model_copy(update={"fix": _ADVISED.sub(lambda command: command[0] + option, problem.fix)})


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    """Return the problems topic by topic, each topic's in the order they were found, without repetitions."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda found: found.path.partition("/")[0]))
