"""Lexical channels: TF-IDF over character n-grams, over pinyin syllables, and over words.

Character n-grams need no word list, so they take Chinese, English and any mixture; syllables without tones see through
the homophones that an input method puts in (交叉验正 reads as 交叉验证). Weights follow Salton & Buckley 1988:
sublinear term frequency, smoothed inverse document frequency, cosine.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.errors import IndexCacheError
from knowledge.search.arrays import F32, F64, I32, I64, Arrays
from knowledge.search.vocabulary import Vocabulary

_TOKEN = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ebef]+|[a-z0-9]+(?:['’.][a-z0-9]+)*|[+#²]+")
_MAX_GRAM = 4
#: Texts whose postings are added up at once: more fall out of the processor's cache.
_TOGETHER = 8
#: Passages that are sketched at once.
_BLOCK = 4096


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


@dataclass(frozen=True, slots=True)
class Weighted:
    """A text as a vector of unit length: its terms, by their places in the vocabulary, and what each weighs."""

    terms: I64
    weights: F32


class Tfidf:
    """Unit-length TF-IDF vectors, by passage and, inverted, by term; a query's scores are its cosines with them.

    Args:
        analyzer: what makes terms of a text.
        vocabulary: of the terms.
        idf: of each term.
        bounds: where the terms of each passage begin, and where those of the last end.
        terms: the passages' terms, passage by passage.
        values: what each of those weighs.
        starts: where the postings of each term begin, and where those of the last end.
        passages: the terms' passages, term by term.
        weights: what the term weighs in each of those.
    """

    def __init__(
        self, analyzer: Analyzer, vocabulary: Vocabulary, idf: F32, bounds: I64, terms: I32, values: F32,
        starts: I64, passages: I32, weights: F32,
    ) -> None:  # fmt: skip
        self._analyzer = analyzer
        self._vocabulary = vocabulary
        self._idf = idf
        self._bounds = bounds
        self._terms = terms
        self._values = values
        self._starts = starts
        self._passages = passages
        self._weights = weights
        self._sizes = np.diff(starts)
        self.size = len(bounds) - 1

    @classmethod
    def fit(cls, analyzer: Analyzer, texts: Sequence[str]) -> Tfidf:
        """Build the index over `texts`, one at a time: the n-grams of all together would be the largest thing here."""
        places: dict[str, int] = {}
        met, times, bounds = array("i"), array("i"), array("q", [0])
        for text in texts:
            counted = Counter(analyzer(text))
            met.extend(places.setdefault(gram, len(places)) for gram in counted)
            times.extend(counted.values())
            bounds.append(len(met))
        words = sorted(places)
        order = np.empty(len(words), np.int32)
        order[np.fromiter((places[word] for word in words), np.int64, len(words))] = np.arange(len(words))
        terms = order[np.array(met, np.int64)]
        frequency = np.bincount(terms, minlength=len(words))
        idf = (np.log((1 + len(texts)) / (1 + frequency)) + 1).astype(np.float32)
        owners = np.repeat(np.arange(len(texts), dtype=np.int32), np.diff(bounds))
        values = _unit(owners, np.array(times, np.int64), idf[terms], len(texts)).astype(np.float32)
        inverted = np.argsort(terms, kind="stable")
        starts = np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64)
        return cls(analyzer, Vocabulary.of(words), idf, np.array(bounds, np.int64), terms, values,
                   starts, owners[inverted], values[inverted])  # fmt: skip

    def weighted(self, text: str) -> Weighted:
        """Return a text as a vector, of the terms that any passage has."""
        rows, terms, counts = _counted([self._analyzer(text)], self._vocabulary)
        return Weighted(terms, _unit(rows, counts, self._idf[terms], 1).astype(np.float32))

    def postings(self, asked: Weighted, most: int) -> tuple[I32, F32]:
        """Return passages that share terms with `asked`, and products: what a passage scores is the sum of its own.

        The rarest terms come first, as many of them as have no more than `most` postings in all, but one at least: what
        nearly all passages share tells little of which is near, and is most of the work.
        """
        sizes = self._sizes[asked.terms]
        rarest = np.argsort(sizes, kind="stable")
        taken = rarest[: max(1, int(np.searchsorted(np.cumsum(sizes[rarest]), most, side="right")))]
        # Ranges are copied: to gather their numbers one by one takes five times as long.
        ranges = [slice(*ends) for ends in zip(*self._ends(asked.terms[taken]), strict=True)]
        if not ranges:
            return self._passages[:0], self._weights[:0]
        passages = np.concatenate([self._passages[each] for each in ranges])
        weights = np.concatenate([self._weights[each] for each in ranges])
        return passages, weights * np.repeat(asked.weights[taken], sizes[taken])

    def _ends(self, terms: I64) -> tuple[list[int], list[int]]:
        """Return where the postings of each term begin and where they end."""
        return self._starts[terms].tolist(), self._starts[terms + 1].tolist()

    def at(self, asked: Weighted, ids: I64) -> F32:
        """Return the cosines of `asked` with the passages `ids`, with all its terms."""
        weights = np.zeros(len(self._vocabulary), np.float32)
        weights[asked.terms] = asked.weights
        sizes = self._bounds[ids + 1] - self._bounds[ids]
        places = _ranges(self._bounds[ids], sizes)
        found = np.zeros(len(ids), np.float32)
        some = sizes > 0  # the sums below know no empty rows
        products = self._values.take(places) * weights.take(self._terms.take(places))
        found[some] = np.add.reduceat(products, (np.cumsum(sizes) - sizes)[some]) if some.any() else 0
        return found

    def scores(self, texts: Sequence[str]) -> F32:
        """Return the cosine of each text with each passage, shape (texts, size); zeros where nothing is shared."""
        rows, terms, counts = _counted([self._analyzer(text) for text in texts], self._vocabulary)
        weights = _unit(rows, counts, self._idf[terms], len(texts))
        found = np.zeros((len(texts), self.size), np.float32)
        bounds = np.searchsorted(rows, np.arange(0, len(texts) + _TOGETHER, _TOGETHER))
        for start, part in zip(range(0, len(texts), _TOGETHER), map(slice, bounds, bounds[1:]), strict=False):
            some = found[start : start + _TOGETHER]
            some += self._added_up(rows[part] - start, terms[part], weights[part], len(some))
        return found

    def sketch(self, width: int, seed: int) -> F32:
        """Return a sketch of each passage: `width` numbers, whose inner products approximate the cosines.

        A count sketch (Charikar, Chen & Farach-Colton 2002): every term is hashed to one position and one sign. The
        error of an inner product has mean zero and a standard deviation of about 1/√width.
        """
        chance = np.random.default_rng(seed)
        places = chance.integers(0, width, len(self._vocabulary))
        signs = chance.choice(np.array([-1, 1], np.float32), len(self._vocabulary))
        found = np.empty((self.size, width), np.float32)
        for start in range(0, self.size, _BLOCK):
            block = found[start : start + _BLOCK]
            bounds = self._bounds[start : start + len(block) + 1]
            part = slice(bounds[0], bounds[-1])
            cells = np.repeat(np.arange(len(block)) * width, np.diff(bounds)) + places[self._terms[part]]
            products = self._values[part] * signs[self._terms[part]]
            block[:] = np.bincount(cells, products, block.size).reshape(block.shape)
        return found

    def _added_up(self, rows: I64, terms: I64, weights: F64, size: int) -> F64:
        """Return the sums of the postings of `terms`, shape (size, passages)."""
        places, sizes = self._places(terms), self._sizes[terms]
        cells = self._passages[places] + np.repeat(rows * self.size, sizes)
        products = self._weights[places] * np.repeat(weights, sizes)
        found = np.bincount(cells, weights=products, minlength=size * self.size)
        return np.asarray(found.reshape(size, self.size), np.float64)

    def _places(self, terms: I64) -> I64:
        """Return where the postings of `terms` lie, one term's after the other's."""
        return _ranges(self._starts[terms], self._sizes[terms])

    def arrays(self, prefix: str) -> Arrays:
        """Return what `restore` needs, under names that begin with `prefix`."""
        return {
            **self._vocabulary.arrays(prefix),
            f"{prefix}.idf": self._idf,
            f"{prefix}.bounds": self._bounds,
            f"{prefix}.terms": self._terms,
            f"{prefix}.values": self._values,
            f"{prefix}.starts": self._starts,
            f"{prefix}.passages": self._passages,
            f"{prefix}.weights": self._weights,
        }

    @classmethod
    def restore(cls, analyzer: Analyzer, prefix: str, arrays: Arrays) -> Tfidf:
        """Rebuild the index from `arrays`.

        Raises:
            IndexCacheError: they do not fit together.
        """
        try:
            words = Vocabulary.restore(prefix, arrays)
            idf = arrays[f"{prefix}.idf"]
            bounds, terms, values = (arrays[f"{prefix}.{name}"] for name in ("bounds", "terms", "values"))
            starts, passages, weights = (arrays[f"{prefix}.{name}"] for name in ("starts", "passages", "weights"))
            sound = (
                len(words) == len(idf)
                and len(terms) == len(passages)
                and _fit(bounds, terms, values, len(bounds) - 1, len(words))
                and _fit(starts, passages, weights, len(words), len(bounds) - 1)
            )
        except (KeyError, ValueError, IndexError, TypeError) as error:
            raise IndexCacheError(f"the {prefix} channel is incomplete ({error})") from error
        if not sound:
            raise IndexCacheError(f"the arrays of the {prefix} channel do not fit together")
        return cls(
            analyzer, words, cast(F32, idf), cast(I64, bounds), cast(I32, terms), cast(F32, values),
            cast(I64, starts), cast(I32, passages), cast(F32, weights),
        )  # fmt: skip


def _fit(starts: NDArray[Any], places: NDArray[Any], weights: NDArray[Any], rows: int, columns: int) -> bool:
    """Tell whether these are the rows of a sparse matrix of that shape."""
    return (
        len(starts) == rows + 1
        and len(places) == len(weights) == int(starts[-1])
        and int(starts[0]) == 0
        and bool(np.all(np.diff(starts) >= 0))
        and (not len(places) or 0 <= int(places.min()) <= int(places.max()) < columns)
    )


def _ranges(starts: I64, sizes: I64) -> I64:
    """Return the numbers from each start on, as many as its size says, one range after the other."""
    return np.asarray(np.arange(int(sizes.sum())) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes), np.int64)


def _counted(grams: Sequence[Sequence[str]], vocabulary: Vocabulary) -> tuple[I64, I64, I64]:
    """Return text, term and count of every term in every text, text by text; unknown terms are left out."""
    counted = [Counter(each) for each in grams]
    rows = np.repeat(np.arange(len(counted)), [len(each) for each in counted])
    terms = vocabulary.places(list(chain.from_iterable(counted)))
    counts = np.fromiter(chain.from_iterable(each.values() for each in counted), np.int64, len(rows))
    known = terms >= 0
    return rows[known], terms[known], counts[known]


def _unit(rows: I64 | I32, counts: I64, idf: F32, size: int) -> F64:
    """Return the weights of `size` vectors of unit length."""
    weights = (1 + np.log(counts)) * idf
    return np.asarray(weights / np.sqrt(np.bincount(rows, weights**2, size))[rows], np.float64)
