"""Lexical channels: TF-IDF over character n-grams, over the syllables those characters are read as, and over words.

Character n-grams need no word list, so they take Chinese, English and any mixture; syllables without tones see through
the homophones that an input method puts in (交叉验正 reads as 交叉验证). Weights follow Salton & Buckley 1988:
sublinear term frequency, smoothed inverse document frequency, cosine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import cast

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.errors import IndexCacheError
from knowledge.search import cache
from knowledge.search.arrays import F32, F64, I64, Arrays

_TOKEN = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ebef]+|[a-z0-9]+(?:['’.][a-z0-9]+)*|[+#²]+")
_MAX_GRAM = 4
#: Texts whose postings are added up at once: more fall out of the processor's cache.
_TOGETHER = 8
#: A term that one passage in so many has is a row of a table: a product over all passages is as fast as its postings.
_COMMON = 16


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
        self, analyzer: Analyzer, vocabulary: dict[str, int], idf: F32, starts: I64,
        passages: NDArray[np.int32], weights: F32, size: int,
    ) -> None:  # fmt: skip
        self._analyzer = analyzer
        self._vocabulary = vocabulary
        self._idf = idf
        self._starts = starts
        self._passages = passages
        self._weights = weights
        self.size = size
        self._sizes = np.diff(starts)
        #: Row of each term in the table of common terms; -1 for the others.
        self._row_of = np.full(len(vocabulary), -1)
        self._table: F32 | None = None

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

    def scores(self, texts: Sequence[str]) -> F32:
        """Return the cosine of each text with each passage, shape (texts, size); zeros where nothing is shared."""
        if not len(texts):
            return np.zeros((0, self.size), np.float32)
        table = self._common()
        rows, terms, counts = _counted([self._analyzer(text) for text in texts], self._vocabulary)
        weights = _unit(rows, counts, self._idf[terms], len(texts))
        places = self._row_of[terms]
        common = places >= 0
        found = _product(rows[common], places[common], weights[common], len(texts), table)
        rows, terms, weights = rows[~common], terms[~common], weights[~common]
        bounds = np.searchsorted(rows, np.arange(0, len(texts) + _TOGETHER, _TOGETHER))
        for start, part in zip(range(0, len(texts), _TOGETHER), map(slice, bounds, bounds[1:]), strict=True):
            some = found[start : start + _TOGETHER]
            some += self._added_up(rows[part] - start, terms[part], weights[part], len(some))
        return found

    def sketch(self, width: int, seed: int) -> F32:
        """Return the passages folded into `width` numbers each, whose products are their cosines, about.

        A count sketch (Charikar, Chen & Farach-Colton 2002): every term goes to one place with one sign. The error of a
        product has mean nought and a standard deviation of about 1/√width.
        """
        chance = np.random.default_rng(seed)
        places = chance.integers(0, width, len(self._vocabulary))
        signs = chance.choice(np.array([-1, 1], np.float32), len(self._vocabulary))
        terms = np.repeat(np.arange(len(self._vocabulary)), self._sizes)
        cells = self._passages.astype(np.int64) * width + places[terms]
        found = np.bincount(cells, self._weights * signs[terms], self.size * width)
        return found.reshape(self.size, width).astype(np.float32)

    def _added_up(self, rows: I64, terms: I64, weights: F64, size: int) -> F64:
        """Return the sums of the postings of `terms`, shape (size, passages)."""
        # The postings of every term, one after the other: a term's begin where those before it end.
        sizes = self._sizes[terms]
        shift = self._starts[terms] - (np.cumsum(sizes) - sizes)
        places = np.arange(int(sizes.sum())) + np.repeat(shift, sizes)
        cells = self._passages[places] + np.repeat(rows * self.size, sizes)
        products = self._weights[places] * np.repeat(weights, sizes)
        found = np.bincount(cells, weights=products, minlength=size * self.size)
        return np.asarray(found.reshape(size, self.size), np.float64)

    def _common(self) -> F32:
        """Return the table of common terms, shape (terms, passages), made when it is first needed."""
        if self._table is None:
            terms = np.flatnonzero(self._sizes * _COMMON >= self.size)
            table = np.zeros((len(terms), self.size), np.float32)
            for row, term in enumerate(terms):
                postings = slice(self._starts[term], self._starts[term + 1])
                table[row, self._passages[postings]] = self._weights[postings]
            self._row_of[terms] = np.arange(len(terms))
            self._table = table  # last: another thread that sees it sees the rows, too
        return self._table

    def arrays(self, prefix: str) -> Arrays:
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
    def restore(cls, analyzer: Analyzer, prefix: str, arrays: Arrays) -> Tfidf:
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
            analyzer, vocabulary, cast(F32, idf), cast(I64, starts),
            cast("NDArray[np.int32]", passages), cast(F32, weights), int(size[0]),
        )  # fmt: skip


def _product(rows: I64, terms: I64, weights: F64, size: int, table: F32) -> F32:
    """Return the sums of the table's rows `terms`, each times its weight, for `size` texts."""
    used, places = np.unique(terms, return_inverse=True)
    factors = np.zeros((size, len(used)), np.float32)
    factors[rows, places] = weights
    return np.asarray(factors @ table[used], np.float32)


def _counted(grams: Sequence[Sequence[str]], vocabulary: Mapping[str, int]) -> tuple[I64, I64, I64]:
    """Return text, term and count of every term in every text, text by text; unknown terms are left out."""
    counted = [Counter(map(vocabulary.get, each)) for each in grams]
    for each in counted:
        each.pop(None, None)
    rows = np.repeat(np.arange(len(counted)), [len(each) for each in counted])
    terms = np.fromiter(chain.from_iterable(counted), np.int64, len(rows))
    counts = np.fromiter(chain.from_iterable(each.values() for each in counted), np.int64, len(rows))
    return rows, terms, counts


def _unit(rows: I64, counts: I64, idf: F32, size: int) -> F64:
    """Return the weights of `size` vectors of unit length."""
    weights = (1 + np.log(counts)) * idf
    return np.asarray(weights / np.sqrt(np.bincount(rows, weights**2, size))[rows], np.float64)
