"""Which topics a question names outright: titles and aliases found whole in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from knowledge.search.arrays import F64
from knowledge.search.lexical import is_han, tokens

#: A name longer than this is a sentence (a question's title), which the channels compare better.
_MAX_TOKENS = 4
#: Letters by which names are looked up; shorter names by all they have.
_BEGINNING = 2


class Mentions:
    """All short names of all topics, matched at the ends of words; the longest one of a topic counts."""

    #: How many numbers `signals` gives a topic: whether it is named, and how much of the question the name is.
    SIGNALS = 2

    def __init__(self, names: Sequence[tuple[int, str]], topics: int) -> None:
        self._topics = topics
        owners: dict[str, set[int]] = {}
        for owner, text in names:
            for name in (text, *_variants(text)):
                if 0 < len(tokens(name)) <= _MAX_TOKENS:
                    owners.setdefault(name, set()).add(owner)
        self._owners = owners
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._beginning: dict[str, list[str]] = {}
        for name in owners:
            self._beginning.setdefault(name[:_BEGINNING], []).append(name)

    def signals(self, text: str, *, itself: str | None = None) -> F64:
        """Return (named, share of the letters) for each topic, shape (topics + 1, 2); "outside" has no name.

        Args:
            text: normalised.
            itself: a name that is left out, where the question is that very name.
        """
        found = np.zeros((self._topics + 1, self.SIGNALS))
        size = max(_letters(text), 1)
        for name in self._within(text):
            if name != itself and self._pattern(name).search(text):
                for owner in self._owners[name]:
                    found[owner] = (1.0, max(float(found[owner, 1]), min(_letters(name) / size, 1.0)))
        return found

    def _within(self, text: str) -> set[str]:
        """Return the names that stand in a text, wherever its words end.

        Looked up by their first letters: to look for each of a thousand names takes ten times as long.
        """
        begun = {text[place : place + size] for size in range(1, _BEGINNING + 1) for place in range(len(text))}
        return {name for begins in begun for name in self._beginning.get(begins, ()) if name in text}

    def _pattern(self, name: str) -> re.Pattern[str]:
        """Return the pattern of a name, made when the name is first met: hundreds of them take a tenth of a second."""
        if name not in self._patterns:
            self._patterns[name] = re.compile(_bounded(name))
        return self._patterns[name]

    @property
    def names(self) -> list[str]:
        """All names, normalised, in order."""
        return sorted(self._owners)

    def mask(self, text: str, by: str) -> str:
        """Return normalised `text` with every name in it replaced by the word `by`, longer names first."""
        for name in sorted(self._within(text), key=lambda name: (-len(name), name)):
            text = self._pattern(name).sub(f" {by} ", text)
        return text


def _variants(title: str) -> list[str]:
    """Split `生成对抗网络(gan)` into its two names."""
    return [part.strip() for part in re.split(r"[()（）/、]", title) if len(part.strip()) > 1]


def _bounded(name: str) -> str:
    """Make ends in Latin letters match the ends of words only; a plural s is no other word."""
    first, last = tokens(name)[0], tokens(name)[-1]
    start = "" if is_han(first) else r"(?<![a-z0-9])"
    end = "" if is_han(last) else r"(?:s|es)?(?![a-z0-9])"
    return f"{start}{re.escape(name)}{end}"


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
