"""All banks that a host uses, as one: the packaged one, then those that `EPOCH_BANKS` names.

    "~/sql", "k8s" → where → folder → load_bank → joined → Bank

A name with a slash, or that begins with a dot, is a folder. Any other is what an installed package calls its bank by an
entry point of the group `epoch.banks`, whose value is the package that lies in the bank's folder. Nothing of a foreign
bank is imported: its code is data here, and runs behind a wall only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from knowledge.bank.loader import BANK_FILE, load_bank
from knowledge.bank.models import PACKAGED_BANK, Bank, Problem, Topic

GROUP = "epoch.banks"
#: The packaged bank and these are as many as a select of Discord has options, where servers choose among them.
MOST = 24
_NAME_LENGTH = 60


def is_folder(name: str) -> bool:
    """Tell whether an entry of `EPOCH_BANKS` is a folder, and not the name of an installed bank."""
    return os.sep in name or "/" in name or name.startswith((".", "~"))


def load_banks(names: Sequence[str]) -> Bank:
    """Load the packaged bank and those named; whatever cannot be used is left out, and `Bank.problems` says why."""
    return joined(load_bank(), names)


def folders(names: Sequence[str]) -> list[Path]:
    """Return the folders of the banks of these names that are anywhere: no program that a person gave may read them."""
    return [found[1] for name in names if not isinstance(found := _where(name), Problem)]


def joined(bank: Bank, names: Sequence[str]) -> Bank:
    """Return `bank` with the banks of these names behind it.

    Of two topics with one slug the first is kept, and of two banks with one name. Paths of what is wrong in a foreign
    bank begin with the bank's name.
    """
    topics, problems = dict(bank.topics), list(bank.problems)
    known = {PACKAGED_BANK}
    for place, wanted in enumerate(names):
        found = _where(wanted)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        name, folder = found
        if wrong := _unusable(name, folder, known, place):
            problems.append(Problem(path=wanted, problem=wrong[0], fix=wrong[1]))
            continue
        known.add(name)
        read = load_bank(folder, name=name)
        problems += [each.model_copy(update={"path": f"{name}/{each.path}"}) for each in read.problems]
        for topic in read.topics.values():
            if (owner := topics.get(topic.slug)) is not None:
                what = f"has the slug of a topic of bank '{owner.bank}'"
                problems.append(Problem(path=f"{name}/{topic.slug}", problem=what, fix="give its folder another name"))
                continue
            topics[topic.slug], taken = _own_numbers(topic, topics.values())
            problems += [each.model_copy(update={"path": f"{name}/{each.path}"}) for each in taken]
    return Bank(topics=topics, problems=tuple(problems))


def _where(wanted: str) -> tuple[str, Path] | Problem:
    """Return a bank's name and its folder; what is wrong where it has none."""
    if is_folder(wanted):
        try:
            folder = Path(wanted).expanduser().absolute()
        except RuntimeError:  # the home of a user that there is not
            folder = Path(wanted)
        return folder.name, folder
    if not (found := entry_points(group=GROUP, name=wanted)):
        fix = "install the package that has it, or name a folder with a slash, as ./sql"
        return Problem(path=wanted, problem="is no installed bank", fix=fix)
    top, *rest = next(iter(found)).value.strip().split(".")
    # Of the package itself, which is not imported by it: a module within would import those above it.
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        spec = None
    roots = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not roots:
        what = f"its package '{top}' is not there"
        return Problem(path=wanted, problem=what, fix="install the package anew")
    return wanted, Path(roots[0], *rest)


def _unusable(name: str, folder: Path, known: Iterable[str], place: int) -> tuple[str, str] | None:
    """Return what keeps a bank out as a whole, and how to mend it."""
    if place >= MOST:
        return f"is more than {MOST} banks", "leave some out: a server could not choose among them"
    if name in known:
        return f"is a second bank called '{name[:_NAME_LENGTH]}'", "rename its folder"
    if len(name) > _NAME_LENGTH or not name.isprintable():
        return f"has a name of more than {_NAME_LENGTH} characters, or with some that none can read", "rename it"
    try:
        there, whole = folder.is_dir(), (folder / BANK_FILE).is_file()
    except OSError as error:
        return f"cannot be read ({(error.strerror or str(error)).lower()})", "make it readable"
    if not there:
        return "is no folder", "correct it, or make it with `epoch new-bank`"
    if not whole:
        return f"has no {BANK_FILE}", "name the folder that has it, or add one: `epoch new-bank` shows how"
    return None


def _own_numbers(topic: Topic, others: Iterable[Topic]) -> tuple[Topic, list[Problem]]:
    """Return a topic with the numbers of questions that no other has; each belongs to one topic alone."""
    owners = {number: other.slug for other in others for number in other.meta.questions}
    taken = [number for number in topic.meta.questions if number in owners]
    if not taken:
        return topic, []
    own = tuple(number for number in topic.meta.questions if number not in owners)
    path = f"{topic.slug}/topic.toml"
    problems = [
        Problem(path=path, problem=f"question {number} belongs to '{owners[number]}'", fix="leave the number out")
        for number in taken
    ]
    return topic.model_copy(update={"meta": topic.meta.model_copy(update={"questions": own})}), problems
