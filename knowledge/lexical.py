"""Lexical channels: TF-IDF over character n-grams, over the syllables those characters are read as, and over words.

Character n-grams need no word list, so they take Chinese, English and any mixture; syllables without tones see through
the homophones that an input method puts in (交叉验正 reads as 交叉验证). Weights follow Salton & Buckley 1988:
sublinear term frequency, smoothed inverse document frequency, cosine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import cast

import numpy as np
from numpy.typing import NDArray

from knowledge import cache
from knowledge.errors import IndexCacheError

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
_TOKEN = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ebef]+|[a-z0-9]+(?:['’.][a-z0-9]+)*|[+#²]+")
_MAX_GRAM = 4
#: Texts whose postings are added up at once: more fall out of the processor's cache.
_TOGETHER = 8


def tokens(text: str) -> list[str]:
    """Split normalised text into runs of Chinese characters and Latin words or numbers."""
    return _TOKEN.findall(text)


def is_han(token: str) -> bool:
    """Tell whether a token of `tokens` is a run of Chinese characters."""
    return token[0] >= "\u3400" and token[0] != "’"


def char_grams(text: str) -> list[str]:
    """Return n-grams of 1–4 characters; Latin words are padded, so that ends count, and give no single letters."""
    grams: list[str] = []
    for token in tokens(text):
        han = is_han(token)
        padded = token if han else f" {token} "
        for size in range(1 if han else 2, _MAX_GRAM + 1):
            grams.extend(padded[i : i + size] for i in range(len(padded) - size + 1))
        if not han and len(token) > _MAX_GRAM - 2:
            grams.append(padded)
    return grams


@lru_cache(maxsize=65536)
def _syllable(char: str) -> str:
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(char)[0])


def syllables(han: str) -> list[str]:
    """Return one toneless syllable a character, each read on its own so that a typo cannot change its neighbours."""
    return [_syllable(char) for char in han]


def syllable_grams(text: str) -> list[str]:
    """Return n-grams of 1–3 toneless pinyin syllables, and Latin words as they are."""
    grams: list[str] = []
    for token in tokens(text):
        if not is_han(token):
            grams.append(token)
            continue
        read = syllables(token)
        for size in (1, 2, 3):
            grams.extend("'".join(read[i : i + size]) for i in range(len(read) - size + 1))
    return grams


def word_grams(text: str) -> list[str]:
    """Return Latin words and pairs of neighbours, of text whose Chinese is translated."""
    words = [token for token in tokens(text) if not is_han(token)]
    return words + [f"{one} {other}" for one, other in pairwise(words)]


Analyzer = Callable[[str], list[str]]


class Tfidf:
    """An inverted index of unit-length TF-IDF vectors; a query's scores are its cosines with every passage."""

    def __init__(
        self, analyzer: Analyzer, vocabulary: dict[str, int], idf: Floats, starts: Ints,
        passages: NDArray[np.int32], weights: Floats, size: int,
    ) -> None:  # fmt: skip
        self._analyzer = analyzer
        self._vocabulary = vocabulary
        self._idf = idf
        self._starts = starts
        self._passages = passages
        self._weights = weights
        self.size = size

    @classmethod
    def fit(cls, analyzer: Analyzer, texts: Sequence[str]) -> Tfidf:
        """Build the index over `texts`."""
        grams = [analyzer(text) for text in texts]
        vocabulary = {gram: i for i, gram in enumerate(sorted(set().union(*grams)))}
        owners, terms, counts = _counted(grams, vocabulary)
        frequency = np.bincount(terms, minlength=len(vocabulary))
        idf = (np.log((1 + len(texts)) / (1 + frequency)) + 1).astype(np.float32)
        weights = _unit(owners, counts, idf[terms], len(texts))
        order = np.argsort(terms, kind="stable")
        starts = np.searchsorted(terms[order], np.arange(len(vocabulary) + 1)).astype(np.int64)
        passages, values = owners[order].astype(np.int32), weights[order].astype(np.float32)
        return cls(analyzer, vocabulary, idf, starts, passages, values, len(texts))

    def scores(self, texts: Sequence[str]) -> Floats:
        """Return the cosine of each text with each passage, shape (texts, size); zeros where nothing is shared."""
        parts = [self._some(texts[start : start + _TOGETHER]) for start in range(0, len(texts), _TOGETHER)]
        return np.concatenate(parts) if parts else np.zeros((0, self.size), np.float32)

    def _some(self, texts: Sequence[str]) -> Floats:
        rows, terms, counts = _counted([self._analyzer(text) for text in texts], self._vocabulary)
        weights = _unit(rows, counts, self._idf[terms], len(texts))
        # The postings of every term, one after the other: a term's begin where those before it end.
        sizes = self._starts[terms + 1] - self._starts[terms]
        shift = self._starts[terms] - (np.cumsum(sizes) - sizes)
        places = np.arange(int(sizes.sum())) + np.repeat(shift, sizes)
        cells = self._passages[places] + np.repeat(rows * self.size, sizes)
        products = self._weights[places] * np.repeat(weights, sizes)
        found = np.bincount(cells, weights=products, minlength=len(texts) * self.size)
        return found.astype(np.float32).reshape(len(texts), self.size)

    def arrays(self, prefix: str) -> dict[str, NDArray[np.generic]]:
        """Return what `restore` needs, under names that begin with `prefix`."""
        return {
            f"{prefix}.vocabulary": cache.lines(self._vocabulary),
            f"{prefix}.idf": self._idf,
            f"{prefix}.starts": self._starts,
            f"{prefix}.passages": self._passages,
            f"{prefix}.weights": self._weights,
            f"{prefix}.size": np.array([self.size]),
        }

    @classmethod
    def restore(cls, analyzer: Analyzer, prefix: str, arrays: dict[str, NDArray[np.generic]]) -> Tfidf:
        """Rebuild the index from `arrays`.

        Raises:
            IndexCacheError: they do not fit together.
        """
        try:
            words = cache.texts(arrays[f"{prefix}.vocabulary"])
            idf, starts, passages, weights, size = (
                arrays[f"{prefix}.{name}"] for name in ("idf", "starts", "passages", "weights", "size")
            )
            sound = (
                len(words) == len(idf) == len(starts) - 1
                and len(passages) == len(weights) == int(starts[-1])
                and bool(np.all(np.diff(starts) >= 0))
                and (not len(passages) or 0 <= int(passages.min()) <= int(passages.max()) < int(size[0]))
            )
        except (KeyError, ValueError, IndexError, TypeError) as error:
            raise IndexCacheError(f"the {prefix} channel is incomplete ({error})") from error
        if not sound:
            raise IndexCacheError(f"the arrays of the {prefix} channel do not fit together")
        vocabulary = dict(zip(words, range(len(words)), strict=True))
        return cls(
            analyzer, vocabulary, cast(Floats, idf), cast(Ints, starts),
            cast("NDArray[np.int32]", passages), cast(Floats, weights), int(size[0]),
        )  # fmt: skip


def _counted(grams: Sequence[Sequence[str]], vocabulary: Mapping[str, int]) -> tuple[Ints, Ints, Ints]:
    """Return text, term and count of every term in every text, in that order; unknown terms are left out."""
    known = [[vocabulary[gram] for gram in each if gram in vocabulary] for each in grams]
    rows = np.repeat(np.arange(len(known)), [len(each) for each in known])
    terms = np.fromiter(chain.from_iterable(known), np.int64, len(rows))
    keys, counts = np.unique(rows * len(vocabulary) + terms, return_counts=True)
    rows, terms = np.divmod(keys, max(len(vocabulary), 1))
    return rows, terms, counts


def _unit(rows: Ints, counts: Ints, idf: Floats, size: int) -> NDArray[np.float64]:
    """Return the weights of `size` vectors of unit length."""
    weights = (1 + np.log(counts)) * idf
    return np.asarray(weights / np.sqrt(np.bincount(rows, weights**2, size))[rows], np.float64)
