"""Chinese terms → English, from `glossary.toml`: so that an English encoder reads a Chinese question.

`[terms]` are words of the field, `[words]` everyday ones and the words questions are made of. The longest match wins.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from knowledge.query import HAN


@dataclass(frozen=True, slots=True)
class Translation:
    """A question with its Chinese replaced by English where the glossary knows it.

    Attributes:
        replaced: the English reading; Chinese that matched nothing is left out.
        terms: English of the field's terms that were found, in order.
        field: share of the Chinese characters that belong to terms of the field (0 without Chinese).
        everyday: share that belongs to other words of the glossary.
        unknown: share that matched nothing: the evidence that `replaced` no longer carries.
    """

    replaced: str
    terms: tuple[str, ...]
    field: float
    everyday: float
    unknown: float


class Glossary:
    """Longest-match replacement over two tables."""

    def __init__(self, terms: Mapping[str, str], words: Mapping[str, str]) -> None:
        self.terms = dict(terms)
        self.words = dict(words)
        entries = sorted({**self.words, **self.terms}, key=lambda entry: (-len(entry), entry))
        self._pattern = re.compile("|".join(map(re.escape, entries)) or r"(?!)")

    @classmethod
    @cache
    def packaged(cls) -> Glossary:
        """Return the glossary that comes with the bank."""
        data = tomllib.loads(files("knowledge").joinpath("glossary.toml").read_text(encoding="utf-8"))
        return cls(data["terms"], data["words"])

    def translate(self, text: str) -> Translation:
        """Replace the Chinese of normalised `text`."""
        found: list[str] = []
        counts = {"field": 0, "everyday": 0}

        def english(match: re.Match[str]) -> str:
            entry = match.group()
            if entry in self.terms:
                counts["field"] += len(HAN.findall(entry))
                found.append(self.terms[entry])
                return f" {self.terms[entry]} "
            counts["everyday"] += len(HAN.findall(entry))
            return f" {self.words[entry]} "

        han = len(HAN.findall(text))
        replaced = " ".join(HAN.sub(" ", self._pattern.sub(english, text)).split())
        total = max(han, 1)
        field, everyday = counts["field"] / total, counts["everyday"] / total
        return Translation(replaced, tuple(found), field, everyday, (1 - field - everyday) if han else 0.0)
