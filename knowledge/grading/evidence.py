"""The signals of an interview answer: how well it makes each key point of a topic.

    answer → spans ┐
                   ├ likeness of each span to each form (encoder, words, Chinese pairs) → best span → signals
    point → forms  ┘

A point has many forms: the key point in both languages, its sentences and clauses, and the wordings of `points.toml`,
right ones and wrong ones. All points of a topic share its vocabulary, so similarity alone discriminates little. Most
signals are differences: how much better a span fits this point than the topic's other points, and how much better it
fits right claims about it than the same claims turned round (`pairs.tsv`, `knowledge.grading.contrast`). No signal
depends on the length of the whole answer, which tells more about the writer than about the content.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.models import Bank, Text, Topic, Wordings
from knowledge.grading import pairs as turned_pairs
from knowledge.grading.claims import ClaimText, opposed, parts, spans
from knowledge.grading.contrast import Contrast, Reading
from knowledge.search.arrays import F32, F64
from knowledge.search.encoder import Encoder
from knowledge.search.glossary import Glossary
from knowledge.search.reading import normalise

Weight = Callable[[str], float]
_Term = TypeVar("_Term")

#: The signal that needs claims turned round.
CONTRAST = "side"
#: What each column of `AnswerEvidence.signals` says of a point; NaN where the point has no wordings.
SIGNALS = (
    "dense_rel", "mean_rel", "mean", "fit", "fit_rel", "f1", "f1_rel", "said_f1", "said",
    "denied", "opposed", "said_denied", "said_opposed", "length",
    "right_words", "wrong_words", "right_pairs", "wrong_pairs", "right_bonds", "wrong_bonds",
    CONTRAST,
)  # fmt: skip
#: Those that need wordings of the points.
WORDED = (
    "said_f1", "said", "said_denied", "said_opposed", "right_words", "wrong_words", "right_pairs", "wrong_pairs",
    "right_bonds", "wrong_bonds",
)  # fmt: skip
#: Topics whose regressions are kept at hand: those of one take two megabytes, and half a second to make.
_AT_HAND = 8
#: Fewer claims turned round than these tell too little of a point.
_FEWEST_PAIRS = 8


@dataclass(frozen=True, slots=True)
class Point:
    """A key point read: the claims of each group of its forms, and their vectors."""

    bank: tuple[ClaimText, ...]
    parts: tuple[ClaimText, ...]
    said: tuple[ClaimText, ...]
    wrong: tuple[ClaimText, ...]
    vectors: tuple[F32, ...]

    @property
    def stems(self) -> frozenset[str]:
        """Stems of the key point in both languages."""
        return frozenset().union(*(claim.stems for claim in self.bank))

    @property
    def pairs(self) -> frozenset[str]:
        """Pairs of its Chinese characters."""
        return frozenset().union(*(claim.pairs for claim in self.bank))


@dataclass(frozen=True, slots=True)
class AnswerEvidence:
    """An answer against the points of a topic: its spans, the best of them for each point, and the signals."""

    spans: tuple[ClaimText, ...]
    best: NDArray[np.intp]
    signals: F64


@dataclass(frozen=True, slots=True)
class _Group:
    """One group of every point's forms beside every span, each of shape (spans, points): the best form counts."""

    dense: F64
    nearest: NDArray[np.intp]
    recall: F64
    f1: F64


class AnswerReader:
    """Reads answers beside the key points of a bank."""

    def __init__(self, bank: Bank, encoder: Encoder, glossary: Glossary) -> None:
        self._encoder = encoder
        self._glossary = glossary
        self._read: dict[str, tuple[Point, ...]] = {}
        self._contrasts_of = lru_cache(_AT_HAND)(lambda slug: _contrasts(bank[slug], self._claim))
        texts = [point for topic in bank.topics.values() for point in topic.meta.key_points]
        claims = [(self._claim(point.zh), self._claim(point.en)) for point in texts]
        self._stems = Counter(stem for zh, en in claims for stem in zh.stems | en.stems)
        self._pairs = Counter(pair for zh, _ in claims for pair in zh.pairs)
        self._size = len(claims)

    def points(self, topic: Topic) -> tuple[Point, ...]:
        """Return the key points of a topic, read once."""
        if topic.slug not in self._read:
            wordings = topic.wordings or (Wordings(),) * len(topic.meta.key_points)
            read = zip(topic.meta.key_points, wordings, strict=True)
            self._read[topic.slug] = tuple(self._point(point, words) for point, words in read)
        return self._read[topic.slug]

    def evidence(self, topic: Topic, answer: str) -> AnswerEvidence:
        """Compare an answer with every point of a topic."""
        points = self.points(topic)
        found = tuple(self._claim(span) for span in spans(answer))
        vectors = self._encoder.passages([claim.english for claim in found])
        stems, pairs = self._weights(points)

        def beside(forms: Sequence[tuple[ClaimText, ...]], group: int) -> _Group:
            compared = [vectors @ point.vectors[group].T for point in points]
            words = np.array([[_overlap(claim, row, stems, pairs) for row in forms] for claim in found])
            dense = np.stack([likeness.max(1) for likeness in compared], 1).astype(np.float64)
            return _Group(dense, np.stack([m.argmax(1) for m in compared], 1), words[..., 0], words[..., 1])

        groups = [beside([point.bank for point in points], 0), beside([point.parts for point in points], 1)]
        worded = all(point.said and point.wrong for point in points)
        if worded:
            groups += [beside([point.said for point in points], 2), beside([point.wrong for point in points], 3)]
        return _weighed(found, points, groups, stems, pairs, self._contrasts_of(topic.slug))

    def _claim(self, text: str) -> ClaimText:
        return ClaimText.read(normalise(text), self._glossary)

    def _point(self, point: Text, wordings: Wordings) -> Point:
        pieces = [*parts(point.en), *parts(point.zh)]
        texts = ((point.zh, point.en), pieces, wordings.said, wordings.wrong)
        groups = [tuple(map(self._claim, group)) for group in texts]
        vectors = self._encoder.passages([claim.english for group in groups for claim in group])
        ends = np.cumsum([len(group) for group in groups])[:-1]
        whole, clauses, said, wrong = groups
        return Point(whole, clauses, said, wrong, tuple(np.split(vectors, ends)))

    def _weights(self, points: Sequence[Point]) -> tuple[Weight, Weight]:
        """Return the weights of stems and Chinese pairs: high where rare in the bank and rare among these points."""
        stems = Counter(stem for point in points for stem in point.stems)
        pairs = Counter(pair for point in points for pair in point.pairs)

        def weight(term: str, everywhere: Counter[str], here: Counter[str]) -> float:
            return _idf(self._size, everywhere[term]) * _idf(len(points), here[term])

        return lambda stem: weight(stem, self._stems, stems), lambda pair: weight(pair, self._pairs, pairs)


def _contrasts(topic: Topic, read: Callable[[str], ClaimText]) -> tuple[Contrast | None, ...]:
    """Return what tells right claims about each point from wrong ones; None where too few were turned round."""
    turned = turned_pairs.of(topic)[0]
    found: list[Contrast | None] = []
    for index, point in enumerate(topic.meta.key_points):
        worded = topic.wordings[index] if topic.wordings else Wordings()
        mine = [pair for pair in turned if pair.point == index]
        right = [*(pair.right for pair in mine), point.zh, point.en, *worded.said]
        wrong = [*(pair.wrong for pair in mine), *worded.wrong]
        enough = len(mine) >= _FEWEST_PAIRS
        found.append(Contrast([*map(read, right)], [*map(read, wrong)]) if enough else None)
    return tuple(found)


def _weighed(
    found: tuple[ClaimText, ...],
    points: Sequence[Point],
    groups: Sequence[_Group],
    stems: Weight,
    pairs: Weight,
    contrasts: Sequence[Contrast | None],
) -> AnswerEvidence:
    """Pick the best span for each point and compute its signals."""
    bank, pieces, *worded = groups
    said, wrong = worded if worded else (None, None)
    right = [bank, pieces, said] if said else [bank, pieces]
    dense = np.max([group.dense for group in right], 0)
    mean = np.mean([group.dense for group in right], 0)
    f1 = np.max([group.f1 for group in right], 0)
    fit = mean + 0.6 * np.sqrt(np.maximum(bank.recall, said.recall if said else 0)) + 0.6 * f1
    best = fit.argmax(axis=0)
    read = cache(lambda number: Reading.of(found[number]))
    rows = []
    for j, point in enumerate(points):
        b, others = best[j], [k for k in range(len(points)) if k != j] or [j]
        span = found[b]

        def lead(channel: F64, j: int = j, b: int = b, others: list[int] = others) -> float:
            return float(channel[b, j] - channel[b, others].max())

        row = {
            "dense_rel": lead(dense), "mean_rel": mean[b, j] - mean[b, others].mean(), "mean": mean[b, j],
            "fit": fit[b, j], "fit_rel": lead(fit), "f1": f1[:, j].max(), "f1_rel": lead(f1),
            "denied": _denied(span, *point.bank, weight=stems), "opposed": min(opposed(span, point.bank[1]), 2),
            "length": min(span.length, 25) / 25,
        }  # fmt: skip
        if said and wrong:
            nearest = point.said[said.nearest[b, j]]
            row |= {
                "said_f1": said.f1[:, j].max(), "said": said.dense[:, j].max(),
                "said_denied": _denied(span, nearest, weight=stems), "said_opposed": min(opposed(span, nearest), 2),
                **_telling(span, point, stems, pairs),
            }  # fmt: skip
        if (contrast := contrasts[j]) is not None:
            row[CONTRAST] = contrast.side(read(b))
        rows.append([row.get(name, math.nan) for name in SIGNALS])
    return AnswerEvidence(found, best, np.array(rows, np.float64))


def _idf(size: int, count: int) -> float:
    """Return a smoothed inverse document frequency; a term of all documents keeps a small weight above zero."""
    return math.log((1 + size) / (1 + count)) + 0.3


def _share(terms: Iterable[_Term], having: frozenset[_Term], weight: Callable[[_Term], float]) -> float:
    weighed = [(weight(term), term in having) for term in terms]
    total = sum(w for w, _ in weighed)
    return sum(w for w, held in weighed if held) / total if total else 0.0


def _overlap(claim: ClaimText, forms: Iterable[ClaimText], stems: Weight, pairs: Weight) -> tuple[float, float]:
    """Return the best recall and F1 of the forms' content in a claim, read as English or as Chinese pairs."""
    best_recall = best_f1 = 0.0
    for form in forms:
        recall = max(_share(form.stems, claim.stems, stems), _share(form.pairs, claim.pairs, pairs))
        precision = max(_share(claim.stems, form.stems, stems), _share(claim.pairs, form.pairs, pairs))
        best_recall = max(best_recall, recall)
        best_f1 = max(best_f1, 2 * recall * precision / (recall + precision + 1e-9))
    return best_recall, best_f1


def _telling(claim: ClaimText, point: Point, stems: Weight, pairs: Weight) -> dict[str, float]:
    """Return the share of a claim's content that only right forms of the point have, and that only wrong ones have."""
    right, wrong = [*point.bank, *point.said], point.wrong
    words, others = (frozenset().union(*(form.stems for form in forms)) for forms in (right, wrong))
    runs, other_runs = (frozenset().union(*(form.pairs for form in forms)) for forms in (right, wrong))
    bonds, other_bonds = (frozenset().union(*(form.bonds for form in forms)) for forms in (right, wrong))

    def both(bond: tuple[str, str]) -> float:
        return stems(bond[0]) * stems(bond[1])

    return {
        "right_bonds": _share(claim.bonds, bonds - other_bonds, both),
        "wrong_bonds": _share(claim.bonds, other_bonds - bonds, both),
        "right_words": _share(claim.stems, words - others, stems),
        "wrong_words": _share(claim.stems, others - words, stems),
        "right_pairs": _share(claim.pairs, runs - other_runs, pairs),
        "wrong_pairs": _share(claim.pairs, other_runs - runs, pairs),
    }


def _denied(claim: ClaimText, *forms: ClaimText, weight: Weight) -> float:
    """Return the share of the common content that is negated in the claim or in the form, but not in both."""
    shared = claim.stems & frozenset().union(*(form.stems for form in forms))
    theirs = frozenset().union(*(form.denied for form in forms))
    return _share(shared, claim.denied ^ theirs, weight)
