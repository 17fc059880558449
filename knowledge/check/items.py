"""Rules about quiz items that need no run: how many of each kind, and what each kind wants of its own."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.bank.kinds import KINDS
from knowledge.bank.models import Problem, Topic
from knowledge.check.texts import problem

MIN_ITEMS = 8


def items(topic: Topic) -> Iterator[Problem]:
    """Check a topic's quiz."""
    path = f"{topic.slug}/quiz.toml"
    if len(topic.quiz) < MIN_ITEMS:
        yield problem(path, f"has {len(topic.quiz)} items", f"write at least {MIN_ITEMS}")
    of_kind = {name: [item for item in topic.quiz if item.kind == name] for name in KINDS}
    for name, kind in KINDS.items():
        if (count := len(of_kind[name])) < kind.about.least:
            yield problem(path, f"has {count} items of kind '{name}'", f"write at least {kind.about.least}")
    for name, kind in KINDS.items():
        for what, fix in kind.problems_together(of_kind[name]):
            yield problem(path, what, fix)
    for item in topic.quiz:
        for what, fix in item.problems(topic):
            yield problem(path, f"item '{item.id}': {what}", fix)
