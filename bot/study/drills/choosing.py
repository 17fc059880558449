"""Finds the drill that a text names, or whose function a piece of code defines.

a name → find → drills
half a name → complete → drills, best first
code → by_function → drills whose function it defines
"""

from __future__ import annotations

import ast
import re
import unicodedata
import warnings
from collections.abc import Iterator, Mapping

from bot.study.drills.attempts import Attempt
from knowledge.bank import names
from knowledge.bank.drills import Drill
from knowledge.bank.models import LANGS, Bank, Lang, Level

LEVELS: tuple[Level, ...] = ("basic", "intermediate", "advanced")


def every(bank: Bank) -> list[Drill]:
    """Return all drills of a bank, the easy ones first."""
    there = [drill for topic in bank.topics.values() for drill in topic.drills]
    return sorted(there, key=lambda drill: (LEVELS.index(drill.meta.level), drill.topic, drill.name))


def find(bank: Bank, text: str) -> list[Drill]:
    """Return the drills that a name means: `topic/name`, or what a drill is called, or else all those of a topic.

    Empty where it names neither a drill nor a topic that has any. Case, width, spaces and punctuation do not matter.
    """
    typed = _key(text)
    exact = [drill for drill in every(bank) if typed and typed in map(_key, _names(drill))]
    if exact:
        return exact
    topic = names.named(bank, text)
    return list(topic.drills) if topic is not None else []


def complete(bank: Bank, text: str, lang: Lang, limit: int = 25) -> list[Drill]:
    """Return the drills that the half-typed `text` may mean, best first; all of them for none.

    First those with a name that begins so, then those with a name that has it, then those of topics that it may mean.
    """
    typed, there = _key(text), every(bank)
    if not typed:
        return there[:limit]
    topics = [topic.slug for topic in names.complete(bank, text, lang)]

    def rank(drill: Drill) -> tuple[int, int] | None:
        keys = [_key(name) for name in _names(drill)]
        if any(key.startswith(typed) for key in keys):
            return 0, 0
        if any(typed in key for key in keys):
            return 1, 0
        return (2, topics.index(drill.topic)) if drill.topic in topics else None

    ranked = [(found, place) for place, drill in enumerate(there) if (found := rank(drill)) is not None]
    return [there[place] for _, place in sorted(ranked)[:limit]]


def by_function(bank: Bank, code: str) -> list[Drill]:
    """Return the drills whose function a piece of code defines at its top; empty for what is no Python."""
    try:
        with warnings.catch_warnings(action="ignore"):  # `"a" is 1` is no matter of the bot's log
            body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    defined = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    return [drill for drill in every(bank) if drill.meta.function in defined]


def suggested(drills: list[Drill], done: Mapping[tuple[str, str], Attempt]) -> Drill | None:
    """Return what to try next: what was begun and not passed, the newest first, or else the easiest not passed yet."""
    open_ = [drill for drill in drills if (at := done.get((drill.topic, drill.item))) is None or at.passed is None]
    begun = [drill for drill in open_ if (drill.topic, drill.item) in done]
    return max(begun, key=lambda each: done[each.topic, each.item].began, default=open_[0] if open_ else None)


def _names(drill: Drill) -> Iterator[str]:
    yield from (drill.id, drill.name, drill.meta.function, *drill.meta.aliases)
    yield from (drill.meta.title[lang] for lang in LANGS)


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text[:400]).casefold())
