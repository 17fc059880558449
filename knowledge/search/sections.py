"""Which section of an explanation a question wants, learned from `sections.toml`: how people ask for each.

    patterns × names of the bank → examples → kernel ridge regression over words and meaning → a section

The name of a topic carries no information about the section, so names are masked before words are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

import numpy as np
import tomli

from knowledge.bank.errors import IndexCacheError
from knowledge.bank.models import LANGS, SECTIONS, Lang, SectionId
from knowledge.search.arrays import F32, Arrays
from knowledge.search.encoder import Encoder
from knowledge.search.glossary import Glossary
from knowledge.search.lexical import Tfidf, char_grams, is_han, tokens
from knowledge.search.mentions import Mentions
from knowledge.search.reading import HAN, normalise

_SECTIONS: tuple[SectionId, ...] = tuple(SECTIONS)
#: Examples made from a pattern, each with other names in its slots.
_FILLS = 2
#: What stands for a topic's name where words are compared.
_NAME = "xx"
#: Weight of the encoder's channel beside the words', and strength of the ridge: by cross-validation over the patterns.
_DENSE = 0.3
_RIDGE = 0.1
_KERNEL_BIAS = 0.05


@dataclass(frozen=True, slots=True)
class SectionExample:
    """A question that asks for a section, normalised."""

    text: str
    section: int


@cache
def patterns() -> tuple[tuple[str, Lang, int], ...]:
    """Return (pattern, language, place of its section), as `sections.toml` has them."""
    data = tomli.loads(files("knowledge.search").joinpath("sections.toml").read_text(encoding="utf-8"))
    return tuple((text, lang, place) for place, section in enumerate(_SECTIONS) for lang in LANGS
                 for text in data[section][lang])  # fmt: skip


def examples(names: Sequence[str]) -> list[SectionExample]:
    """Return the patterns with their slots filled with `names` in turn; deterministic."""
    of: dict[Lang, list[str]] = {
        "zh": sorted(set(names)),
        "en": sorted({name for name in names if not HAN.search(name)}),
    }
    found: list[SectionExample] = []
    dealt = 0
    for pattern, lang, section in patterns():
        for _ in range(_FILLS if "{}" in pattern else 1):
            text = pattern
            while "{}" in text:
                # A stride that shares no factor with most lengths, so that neighbours get names far apart.
                text = text.replace("{}", of[lang][dealt * 37 % len(of[lang])] if of[lang] else _NAME, 1)
                dealt += 1
            found.append(SectionExample(normalise(text), section))
    return found


class Router:
    """A classifier fitted to the examples: words of a question and, with an encoder, its vector → section."""

    def __init__(self, glossary: Glossary, names: Mentions, words: Tfidf, vectors: F32 | None, dual: F32) -> None:
        self._glossary = glossary
        self._names = names
        self._words = words
        self._vectors = vectors
        self._dual = dual

    @classmethod
    def fit(
        cls, found: Sequence[SectionExample], glossary: Glossary, names: Mentions, encoder: Encoder | None
    ) -> Router:
        """Learn from `found`."""
        readings = [_reading(example.text, glossary, names) for example in found]
        words = Tfidf.fit(_grams, readings)
        kernel = words.scores(readings)
        vectors = None
        if encoder is not None:
            vectors = encoder.queries([glossary.translate(e.text).replaced or e.text for e in found])
            kernel = _DENSE * (vectors @ vectors.T) + (1 - _DENSE) * kernel
        target = np.eye(len(_SECTIONS), dtype=np.float32)[[example.section for example in found]]
        dual = np.linalg.solve(kernel + _KERNEL_BIAS + _RIDGE * np.eye(len(found), dtype=np.float32), target)
        return cls(glossary, names, words, vectors, dual.astype(np.float32))

    def route(self, texts: Sequence[str], vectors: F32 | None) -> list[SectionId]:
        """Return the section each question opens at.

        Args:
            texts: normalised.
            vectors: the encoder's, one a text; None where the router was fitted without an encoder.
        """
        kernel = self._words.scores([_reading(text, self._glossary, self._names) for text in texts])
        if self._vectors is not None and vectors is not None:
            kernel = _DENSE * (vectors @ self._vectors.T) + (1 - _DENSE) * kernel
        votes = (kernel + _KERNEL_BIAS) @ self._dual
        return [_SECTIONS[place] for place in votes.argmax(axis=1)]

    def arrays(self) -> Arrays:
        """Return what `restore` needs beside glossary and names."""
        dense = {"sections.vectors": self._vectors} if self._vectors is not None else {}
        return {**dense, "sections.dual": self._dual, **self._words.arrays("sections.words")}

    @classmethod
    def restore(cls, arrays: Arrays, glossary: Glossary, names: Mentions, *, dense: bool) -> Router:
        """Rebuild the router.

        Raises:
            IndexCacheError: the arrays do not fit together.
        """
        words = Tfidf.restore(_grams, "sections.words", arrays)
        dual, vectors = arrays.get("sections.dual"), arrays.get("sections.vectors") if dense else None
        sound = dual is not None and dual.shape == (words.size, len(_SECTIONS))
        if dense:
            sound = sound and vectors is not None and vectors.ndim == 2 and len(vectors) == words.size
        if not sound or not all(np.isfinite(a).all() for a in (dual, vectors) if a is not None):
            raise IndexCacheError("the router to sections does not fit its examples")
        return cls(glossary, names, words, cast("F32 | None", vectors), cast(F32, dual))


def _reading(text: str, glossary: Glossary, names: Mentions) -> str:
    """Return the text with names masked, a line break, and the same in English."""
    masked = names.mask(text, _NAME)
    return f"{masked}\n{glossary.translate(masked).replaced}"


def _grams(reading: str) -> list[str]:
    """Return 1–4 Chinese characters of the text as typed, and 1–3 words of it in English."""
    typed, _, english = reading.partition("\n")
    grams = [gram for token in tokens(typed) if is_han(token) for gram in char_grams(token)]
    words = tokens(english)
    return grams + [" ".join(words[i : i + size]) for size in (1, 2, 3) for i in range(len(words) - size + 1)]
