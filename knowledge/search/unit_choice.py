"""Chooses the unit that answers: a conditional logit over the units of the nearest passages.

votes → the 16 units with most votes → five features each → utility → P(unit) → a topic ranks by its votes and units

The five: a unit's votes, the likeness of its own paragraphs, the votes of its topic, and how much of the question, by
the rareness of its words, is covered by the words of the unit's text, and by those of all its passages, asks included,
each the more the more passages have it (rareness and saturation as in BM25; Robertson & Zaragoza 2009). Their weights
are fitted as a conditional logit (McFadden 1974) on the bank's own questions, each left out of the passages that it is
compared with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.errors import IndexCacheError
from knowledge.search import cache
from knowledge.search.arrays import F64, I64, Arrays, distinct
from knowledge.search.index import Passage, PassageKind, Query, UnitPlace
from knowledge.search.lexical import is_han, tokens
from knowledge.search.votes import Votes

#: How many units are compared. On questions that were written for one unit each, .94 of these were among ten.
CANDIDATES = 16
FEATURES = 5
#: The kinds of passages that a unit can have.
PHRASES: tuple[PassageKind, ...] = ("ask", "name", "lead", "text")
#: What the probabilities of a topic's units count beside its votes.
_UNITS_COUNT = 1.0
#: The utility of a unit that must not answer.
_NEVER = -1e9
#: A word that no unit has weighs this much of the rarest word's weight: it may be a slip.
_UNKNOWN = 0.5
#: A word that n passages of a unit have counts n/(n + this).
_SATURATION = 2.0
_NO_UNITS = np.zeros(0, np.int64)
#: Strength of the regularisation, for features of variance one.
_PENALTY = 10.0


def _words(query: Query) -> set[str]:
    return {token for token in tokens(query.dense) if not is_han(token)}


class UnitWords:
    """The words of every unit's own text, Chinese as the English it is translated to.

    Args:
        vocabulary: place of each word.
        weights: of each word, by its rareness.
        pairs: unit · (size of the vocabulary) + word, for each word of each unit, in order.
        counts: how many of the unit's passages have the word, one a pair.
        owners: topic of each unit.
    """

    def __init__(self, vocabulary: dict[str, int], weights: F64, pairs: I64, counts: I64, owners: I64) -> None:
        self._vocabulary = vocabulary
        self._weights = weights
        self._pairs = pairs
        self._counts = counts
        size = max(len(vocabulary), 1)
        self._of_topics = distinct(owners[pairs // size] * size + pairs % size)
        self._unknown = _UNKNOWN * float(weights.max(initial=1.0))

    @classmethod
    def build(
        cls,
        passages: Sequence[Passage],
        read: Sequence[Query],
        owners: I64,
        kinds: Collection[PassageKind] = ("lead", "text"),
    ) -> UnitWords:
        """Learn the words of the units' passages of these kinds; `read` has a query for each passage."""
        places: dict[str, int] = {}
        met: Counter[tuple[int, int]] = Counter()
        for passage, query in zip(passages, read, strict=True):
            if passage.unit >= 0 and passage.kind in kinds:
                met.update((passage.unit, places.setdefault(word, len(places))) for word in sorted(_words(query)))
        found = sorted(met.items())
        of_units = np.array([pair for pair, _ in found], np.int64).reshape(-1, 2)
        counts = np.array([count for _, count in found], np.int64)
        frequency = np.bincount(of_units[:, 1], minlength=len(places))
        weights = np.log1p((len(owners) - frequency + 0.5) / (frequency + 0.5))
        pairs = of_units[:, 0] * len(places) + of_units[:, 1]
        return cls(places, np.asarray(weights, np.float64), pairs, counts, owners)

    def covered(self, query: Query, units: I64) -> F64:
        """Return the share of the question's words, weighed by rareness, that each of `units` has, shape (units,)."""
        return self._shares(query, units, self._pairs)

    def said(self, query: Query, units: I64, hidden: I64) -> F64:
        """Return the same, a word counting the more the more of the unit's passages have it, shape (units,).

        Args:
            query: the question.
            units: which are asked of.
            hidden: the units of the passages that the question must not see, as often as there are such passages; they
                have its very words.
        """
        places, total = self._places(query)
        if not total or not len(self._pairs):
            return np.zeros(len(units))
        at, found = self._found(units, places, self._pairs)
        counts = np.where(found, self._counts[at], 0)
        counts = np.maximum(counts - (units[:, None] == hidden).sum(axis=1)[:, None], 0)
        return np.asarray(counts / (counts + _SATURATION) @ self._weights[places] / total, np.float64)

    def of_topic(self, query: Query, topic: int) -> float:
        """Return the share of the question's words, weighed by rareness, that a topic's units have."""
        return float(self._shares(query, np.array([topic]), self._of_topics)[0])

    def _places(self, query: Query) -> tuple[I64, float]:
        """Return the places of the question's words that are known, and the weight of all of its words."""
        places = np.array([self._vocabulary.get(word, -1) for word in sorted(_words(query))], np.int64)
        known = places[places >= 0]
        return known, float(self._weights[known].sum()) + self._unknown * (len(places) - len(known))

    def _found(self, rows: I64, places: I64, pairs: I64) -> tuple[I64, NDArray[np.bool_]]:
        """Return where in `pairs` each word of each row would be, and whether it is, shape (rows, words)."""
        wanted = rows[:, None] * len(self._vocabulary) + places
        at = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
        return np.asarray(at, np.int64), pairs[at] == wanted

    def _shares(self, query: Query, rows: I64, pairs: I64) -> F64:
        places, total = self._places(query)
        if not total or not len(pairs):
            return np.zeros(len(rows))
        return np.asarray(self._found(rows, places, pairs)[1] @ self._weights[places] / total, np.float64)

    def arrays(self, name: str) -> Arrays:
        """Return what `restore` needs, under the same name."""
        return {
            f"{name}.vocabulary": cache.lines(self._vocabulary),
            f"{name}.weights": self._weights,
            f"{name}.pairs": self._pairs,
            f"{name}.counts": self._counts,
        }

    @classmethod
    def restore(cls, arrays: Arrays, owners: I64, name: str) -> UnitWords:
        """Rebuild it over the units of these topics.

        Raises:
            IndexCacheError: the arrays do not fit together.
        """
        try:
            words = cache.texts(arrays[f"{name}.vocabulary"])
            weights, pairs, counts = (arrays[f"{name}.{part}"] for part in ("weights", "pairs", "counts"))
        except (KeyError, ValueError) as error:
            raise IndexCacheError(f"the words of its units are incomplete ({error})") from error
        sound = weights.shape == (len(words),) and weights.dtype == np.float64 and bool(np.isfinite(weights).all())
        sound = sound and pairs.ndim == 1 and pairs.dtype == np.int64 and bool(np.all(np.diff(pairs) > 0))
        sound = sound and counts.shape == pairs.shape and counts.dtype == np.int64 and bool(np.greater(counts, 0).all())
        if not sound or (len(pairs) and not 0 <= pairs[0] <= pairs[-1] < len(owners) * len(words)):
            raise IndexCacheError("the words of its units do not fit the bank")
        places = dict(zip(words, range(len(words)), strict=True))
        return cls(places, cast(F64, weights), cast(I64, pairs), cast(I64, counts), owners)


@dataclass(frozen=True, slots=True)
class Compared:
    """The units that some questions are compared with, shape (questions, k), and their features, (questions, k, 5)."""

    units: I64
    features: F64


@dataclass(frozen=True, slots=True)
class Ranking:
    """What the units say of some questions.

    Attributes:
        topics: a topic's votes and the probabilities of its units, shape (questions, topics): the most comes first.
        units: the unit of that topic that answers, shape (questions,); -1 where it has none among the candidates.
        signals: what tells whether any unit answers, shape (questions, 3): the log of the candidates' summed odds, the
            votes of the unit that answers, and the share of the question's words that the first topic has.
    """

    SIGNALS: ClassVar[int] = 3

    topics: F64
    units: I64
    signals: F64


class UnitScorer:
    """The units of all topics, their words, and the weights of the features.

    Args:
        places: all units, topic by topic.
        words: the words of each one's text.
        asked: the words of all its passages, asks included.
        weights: of the features, shape (5,).
    """

    def __init__(self, places: Sequence[UnitPlace], words: UnitWords, asked: UnitWords, weights: F64) -> None:
        self._places = list(places)
        self._owners = owners_of(places)
        self._words = words
        self._asked = asked
        self._weights = weights

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, unit: int) -> UnitPlace | None:
        """Return a unit by its place; None for -1."""
        return self._places[unit] if unit >= 0 else None

    def most(self, owner: int, votes: F64) -> UnitPlace | None:
        """Return the unit of a topic with most of `votes`, shape (units,); None where the page has no units."""
        rows = np.flatnonzero(self._owners == owner)
        return self._places[int(rows[votes[rows].argmax()])] if len(rows) else None

    def compared(self, said: Votes, queries: Sequence[Query], hidden: Sequence[I64] | None = None) -> Compared:
        """Return the candidates of each question with their features.

        Args:
            said: the votes.
            queries: the questions.
            hidden: for each question the units of the passages that it must not see.
        """
        most = said.units + said.own
        size = min(CANDIDATES, len(self))
        # In the order of their places, so that equals are told apart in the same way whatever their company.
        units = np.sort(np.argpartition(-most, size - 1, axis=1)[:, :size] if size else np.zeros(most.shape, np.int64))
        rows = np.arange(len(units))[:, None]
        covered = [self._words.covered(query, row) for query, row in zip(queries, units, strict=True)]
        unseen = [_NO_UNITS] * len(units) if hidden is None else hidden
        asked = [self._asked.said(*each) for each in zip(queries, units, unseen, strict=True)]
        columns = (
            said.units[rows, units],
            said.own[rows, units],
            said.topics[rows, self._owners[units]],
            np.array(covered).reshape(units.shape),
            np.array(asked).reshape(units.shape),
        )
        return Compared(units, np.stack(columns, axis=2))

    def fitted(self, seen: Compared, right: I64) -> UnitScorer:
        """Return the scorer with weights that make the right units likeliest.

        Args:
            seen: candidates of questions that did not see themselves.
            right: the unit of each; -1 where there is none, which teaches nothing.
        """
        from scipy.optimize import minimize

        hit = (seen.units == right[:, None]) & (right[:, None] >= 0)
        some = hit.any(axis=1)
        if not some.any():
            return self
        features, place = seen.features[some], hit[some].argmax(axis=1)
        scale = features.reshape(-1, FEATURES).std(axis=0) + 1e-9
        scaled, rows = features / scale, np.arange(len(place))

        def loss(w: F64) -> tuple[float, F64]:
            chance = _softmax(scaled @ w)
            wrong = chance.copy()
            wrong[rows, place] -= 1
            value = -np.log(chance[rows, place] + 1e-300).sum() + _PENALTY * (w @ w) / 2
            return float(value), np.einsum("nk,nkf->f", wrong, scaled) + _PENALTY * w

        weights = minimize(loss, np.zeros(FEATURES), jac=True, method="L-BFGS-B").x / scale
        return UnitScorer(self._places, self._words, self._asked, weights)

    def ranked(
        self,
        said: Votes,
        seen: Compared,
        queries: Sequence[Query],
        shut: NDArray[np.bool_] | None = None,
    ) -> Ranking:
        """Return how topics rank by their votes and their units, and the best unit of the first.

        Args:
            said: the votes.
            seen: the units that are compared.
            queries: the questions.
            shut: of each topic, whether it is left out as if it were not there; None where none is.
        """
        topics = said.topics[:, :-1].copy()
        rows = np.arange(len(topics))
        utility = seen.features @ self._weights
        owners = self._owners[seen.units]
        if shut is not None:
            utility = np.where(shut[owners], _NEVER, utility)
            topics[:, shut] = -np.inf
        chances = _softmax(utility)
        np.add.at(topics, (rows[:, None], owners), _UNITS_COUNT * chances)
        first = topics.argmax(axis=1)
        units, heard = np.full(len(topics), -1), np.zeros(len(topics))
        if len(self):
            of_first = np.where(owners == first[:, None], chances, -1.0)
            best = of_first.argmax(axis=1)
            some = of_first[rows, best] >= 0
            units = np.where(some, seen.units[rows, best], -1)
            heard = np.where(some, seen.features[rows, best, 0], 0.0)
        odds = np.log(np.exp(utility).sum(axis=1) + 1)
        words = [self._words.of_topic(query, topic) for query, topic in zip(queries, first.tolist(), strict=True)]
        return Ranking(topics, units, np.column_stack([odds, heard, words]))

    def arrays(self) -> Arrays:
        """Return what `restore` needs."""
        return {"units.scorer": self._weights, **self._words.arrays("units"), **self._asked.arrays("asked")}

    @classmethod
    def restore(cls, places: Sequence[UnitPlace], arrays: Arrays) -> UnitScorer:
        """Rebuild it over the same units.

        Raises:
            IndexCacheError: the arrays do not fit together.
        """
        weights = arrays.get("units.scorer")
        if weights is None or weights.shape != (FEATURES,) or not np.isfinite(weights).all():
            raise IndexCacheError("the scorer of units does not fit")
        words, asked = (UnitWords.restore(arrays, owners_of(places), name) for name in ("units", "asked"))
        return cls(places, words, asked, cast(F64, weights))


def owners_of(places: Sequence[UnitPlace]) -> I64:
    """Return the topic of each unit."""
    return np.array([place.owner for place in places], np.int64)


def _softmax(utility: F64) -> F64:
    odds = np.exp(utility - utility.max(axis=-1, keepdims=True, initial=-np.inf))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True), np.float64)
