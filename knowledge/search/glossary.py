"""Chinese terms → English, from `glossary.toml`: so that an English encoder reads a Chinese question.

`[terms]` are words of the field, `[words]` everyday ones and the words questions are made of. The longest match wins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain

import tomli

from knowledge.search.reading import HAN


@dataclass(frozen=True, slots=True)
class Translation:
    """A question with its Chinese replaced by English where the glossary knows it.

    Attributes:
        replaced: the English reading; Chinese that matched nothing is left out.
        terms: English of the field's terms that were found, in order.
        field: share of the Chinese characters that belong to terms of the field (0 without Chinese).
        everyday: share that belongs to other words of the glossary.
        unknown: share of the Chinese characters that matched nothing, and so are missing in `replaced`.
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
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for entry in chain(self.words, self.terms):
            lengths[entry[0]].add(len(entry))
        #: Lengths of the entries that begin with a character, longest first.
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    @classmethod
    @cache
    def packaged(cls) -> Glossary:
        """Return the glossary that comes with the bank."""
        data = tomli.loads(files("knowledge.search").joinpath("glossary.toml").read_text(encoding="utf-8"))
        return cls(data["terms"], data["words"])

    def _entry(self, text: str, start: int) -> str | None:
        """Return the longest entry that stands at `start`."""
        for length in self._lengths.get(text[start], ()):
            entry = text[start : start + length]
            if entry in self.terms or entry in self.words:
                return entry
        return None

    def words_of(self, text: str) -> list[str]:
        """Return the entries in normalised `text`, and what stands between two of them as it is."""
        found: list[str] = []
        between = place = 0
        while place < len(text):
            entry = self._entry(text, place)
            if entry is None:
                place += 1
                continue
            found += [text[between:place], entry] if between < place else [entry]
            between = place = place + len(entry)
        return [*found, text[between:]] if between < len(text) else found

    def translate(self, text: str) -> Translation:
        """Replace the Chinese of normalised `text`."""
        found: list[str] = []
        parts: list[str] = []
        in_field = in_everyday = place = 0
        while place < len(text):
            entry = self._entry(text, place)
            if entry is None:
                parts.append(text[place])
                place += 1
                continue
            if entry in self.terms:
                in_field += len(HAN.findall(entry))
                found.append(self.terms[entry])
            else:
                in_everyday += len(HAN.findall(entry))
            parts.append(f" {self.terms.get(entry) or self.words[entry]} ")
            place += len(entry)
        han = len(HAN.findall(text))
        replaced = " ".join(HAN.sub(" ", "".join(parts)).split())
        field, everyday = in_field / max(han, 1), in_everyday / max(han, 1)
        return Translation(replaced, tuple(found), field, everyday, (1 - field - everyday) if han else 0.0)
