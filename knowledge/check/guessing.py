"""What gives a choice away without knowing anything: the one careful option, the smallest number, the longest text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from knowledge.bank.models import LANGS, ByLetter, Lang, Problem, Topic
from knowledge.check.texts import problem

T = TypeVar("T")

#: From so many items on, the longest being right in more than half of them is no chance.
_MANY = 4
_HEDGES: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile(
        r"通常|一般(?!化)|往往|(?<!不)可能(?!性)|大多|常常|多半|未必|不一定|(?<!所)有时(?!间)|大致|基本上"
    ),
    "en": re.compile(
        r"\b(?:usually|may|might|(?<!less )(?<!more )(?<!how )(?<!as )often|generally|typically|sometimes|mostly"
        r"|likely|probably|tends?|largely|not necessarily|in most cases|as a rule)\b",
        re.IGNORECASE,
    ),
}
_NUMBER = re.compile(r"[-+−]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?%?")


def guessing(topic: Topic) -> Iterator[Problem]:
    """Check that the right options of a topic cannot be guessed by their form."""
    path = f"{topic.slug}/quiz.toml"
    for lang in LANGS:
        longest = choices = 0
        for item in topic.quiz:
            if not isinstance(item, ByLetter) or (sheet := item.sheet(topic, lang)).right is None:
                continue
            right, options = sheet.right, sheet.options
            for what, fix in _given_away(options, right, lang):
                yield problem(path, f"item '{item.id}': {what}", fix)
            if not item.about.code_options:
                lengths = [len(option) for option in options]
                longest += lengths[right] > max(_without(lengths, right))
                choices += 1
        if choices >= _MANY and longest > choices / 2:
            what = f"the right option is the longest in {longest} of {choices} items ({lang})"
            yield problem(path, what, "shorten some of them, or say more in a wrong one")


def _given_away(options: Sequence[str], right: int, lang: Lang) -> Iterator[tuple[str, str]]:
    hedged = [_HEDGES[lang].search(option) for option in options]
    if (word := hedged[right]) and not any(_without(hedged, right)):
        yield f"options.{lang}: only the right one says '{word[0]}'", "say it in a wrong one too, or in none"
    numbers = [_NUMBER.fullmatch(option.strip()) for option in options]
    if lang == "en" and all(numbers):
        values = [float(re.sub("[,%]", "", found[0]).replace("−", "-")) for found in numbers if found]
        if values[right] < min(_without(values, right)):
            yield "the right option is the smallest number", "offer a smaller one"


def _without(values: Sequence[T], index: int) -> list[T]:
    return [value for at, value in enumerate(values) if at != index]
