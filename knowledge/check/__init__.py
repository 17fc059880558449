"""Tells a contributor everything that is wrong with the bank at once, as `path: problem; how to mend it`.

Folders go through the loader, then:

    texts        languages, sections, what Discord cannot render
    relations    names, questions, paraphrases, relations, over the bank
    scripts      examples, without running them
    items        quiz items, without running them
    proofs       what must be proven by running; `session` runs them all, `transcripts` compares
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.bank.loader import load_bank, topics_root, undone
from knowledge.bank.models import Bank, Problem
from knowledge.check import items, relations, scripts, texts, units
from knowledge.check.proofs import transcript
from knowledge.check.session import ProofSession, Ran
from knowledge.progress import ProgressCallback
from runners.models import Runner

__all__ = ["Ran", "CheckReport", "check", "of_bank"]


#: A command in a fix, up to where its options may follow. `epoch new` has none: it starts the package's topics.
_ADVISED = re.compile(r"`epoch check( [a-z0-9-]+)?")


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Attributes:
        problems: everything wrong, topic by topic.
        topics: how many topics were looked at.
        ran: every proof that was run.
        accepted: transcripts written, relative to the bank's folder.
    """

    problems: tuple[Problem, ...]
    topics: int
    ran: tuple[Ran, ...] = ()
    accepted: tuple[str, ...] = ()


async def check(
    bank_root: Path | None = None,
    slugs: Sequence[str] = (),
    *,
    run: bool = True,
    seeds: int = 1,
    accept: bool = False,
    runner: Runner | None = None,
    parallel: int | None = None,
    progress: ProgressCallback | None = None,
) -> CheckReport:
    """Check topics and return everything that is wrong.

    Args:
        bank_root: the folder of topics; None is the package's own.
        slugs: topics to report on; none means all. The rest of the bank still counts for what must be unique.
        run: run examples, counters and quiz proofs.
        seeds: with how many seeds to run each example that offers one; the first is the one it ships with.
        accept: write the transcript of every example that ran to its end, unless it says the same already.
        runner: what runs them; needed when `run`.
        parallel: jobs at once; None takes what memory and cores allow.
        progress: called with what was run, how many are done, how many there are.
    """
    root = topics_root() if bank_root is None else bank_root
    bank = load_bank(root, drafts=True)
    folders = {entry.name for entry in root.iterdir() if entry.is_dir()} if root.is_dir() else set()
    selected = set(slugs) or folders
    problems = list(_static(root, bank, selected, folders, everything=not slugs))
    topics = [topic for slug, topic in bank.topics.items() if slug in selected]
    if not run:
        for topic in topics:
            for example in topic.examples:
                problems += transcript(topic, example, None)
        return CheckReport(_sorted(problems), len(topics))
    if runner is None:
        raise ValueError("check(run=True) needs a runner")
    session = ProofSession(root, runner, parallel, progress)
    await session.prove(topics, seeds, accept)
    # The loader read the transcripts before they were written anew.
    problems = [found for found in problems if found.path not in session.accepted]
    return CheckReport(_sorted(problems + session.problems), len(topics), tuple(session.ran), tuple(session.accepted))


def _static(
    root: Path, bank: Bank, selected: Collection[str], folders: Collection[str], *, everything: bool
) -> Iterator[Problem]:
    for slug in sorted(set(selected) - set(folders)):
        fix = f"give the name of one of its folders, or make it with `epoch new {slug}`"
        yield Problem(path=slug, problem="is no topic of this bank", fix=fix)
    for found in bank.problems:
        if everything or found.path.partition("/")[0] in selected:
            yield found
    for slug in sorted(set(selected) & set(folders)):
        yield from undone(root / slug)
        if slug in bank.topics:
            topic = bank[slug]
            yield from relations.entry(topic, folders)
            yield from texts.explanation(topic)
            yield from units.units(topic)
            yield from texts.texts(topic)
            yield from scripts.scripts(topic)
            yield from items.items(topic)
    yield from relations.bank(bank.topics.values(), selected)


def of_bank(problem: Problem, root: Path) -> Problem:
    """Return the problem with the bank's folder in the command that its fix advises.

    Without it the command would be about the package's own topic of that name.
    """
    option = f" --root {shlex.quote(str(root))}"
    return problem.model_copy(update={"fix": _ADVISED.sub(lambda command: command[0] + option, problem.fix)})


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    """Return the problems topic by topic, each topic's in the order they were found, without repetitions."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda found: found.path.partition("/")[0]))
