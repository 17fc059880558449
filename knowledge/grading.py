"""Which key points of a topic an interview answer covers; no text is generated.

    answer → spans → compared with every point of the topic: encoder, words, Chinese pairs, polarity
           → signals, one row a point → logistic regression → score

A point scores its best span, and most signals say how much better that span fits this point than the topic's others:
all points of a topic share its words, so likeness alone says little. The regression's few weights come with the package
(`grading.json`, written by `epoch bench quiz FILE --fit`), and know nothing of any topic.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.claims import Claim, content_words, opposed, parts, spans
from knowledge.embedder import Encoder
from knowledge.errors import QueryError
from knowledge.glossary import Glossary
from knowledge.models import Bank, Text, Topic
from knowledge.query import normalise

Floats = NDArray[np.float64]
Weight = Callable[[str], float]

#: The regression, as `epoch bench quiz FILE --fit` writes it.
WEIGHTS = Path(__file__).with_name("grading.json")
#: Longest answer that is graded, in characters: what a Discord modal takes.
MAX_CHARS = 4000
#: Scores between these are shown as unsure.
UNSURE = (0.2, 0.6)
#: What each column of `Evidence.signals` says of a point.
SIGNALS = (
    "parts", "dense_rel", "parts_rel", "dense_mean_rel", "words_rel", "precision_rel", "f1", "fit", "fit_rel",
    "votes", "length", "opposed", "denied",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PointGrade:
    """What is thought of one key point.

    Attributes:
        index: of the point within the topic.
        covered: whether the answer makes the point.
        score: calibrated probability that a person would say so.
        span: the stretch of the answer that fits it best, as it was typed but for case and width.
        words: the words of that stretch which the point has, too.
    """

    index: int
    covered: bool
    score: float
    span: str
    words: tuple[str, ...]

    @property
    def unsure(self) -> bool:
        """Whether a front should show doubt."""
        return UNSURE[0] < self.score < UNSURE[1]


@dataclass(frozen=True, slots=True)
class Scorer:
    """The fitted regression: standardised signals, weights, a constant, and the score from which a point is covered."""

    mean: Floats
    scale: Floats
    weights: Floats
    constant: float
    threshold: float

    @classmethod
    @cache
    def packaged(cls) -> Scorer:
        """Return the one that comes with the package."""
        data = json.loads(WEIGHTS.read_text(encoding="utf-8"))
        if data["signals"] != list(SIGNALS):
            raise ValueError("grading.json was made for other signals; run `epoch bench quiz FILE --fit`")
        mean, scale, weights = (np.asarray(data[name], np.float64) for name in ("mean", "scale", "weights"))
        return cls(mean, scale, weights, float(data["constant"]), float(data["threshold"]))

    def as_json(self) -> str:
        """Return what `packaged` reads."""
        rows = {name: [round(float(x), 6) for x in getattr(self, name)] for name in ("mean", "scale", "weights")}
        numbers = {"constant": round(self.constant, 6), "threshold": round(self.threshold, 6)}
        return json.dumps({"signals": list(SIGNALS), **rows, **numbers}, indent=1) + "\n"

    def scores(self, signals: Floats) -> Floats:
        """Return one probability a row of signals."""
        z = (signals - self.mean) / self.scale @ self.weights + self.constant
        return np.asarray(1 / (1 + np.exp(-z)), np.float64)


@dataclass(frozen=True, slots=True)
class Point:
    """A key point read: both languages, its sentences and clauses in English, and vectors of all of them."""

    zh: Claim
    en: Claim
    parts: tuple[Claim, ...]
    vectors: NDArray[np.float32]

    @property
    def stems(self) -> frozenset[str]:
        """Stems of both languages."""
        return self.zh.stems | self.en.stems


@dataclass(frozen=True, slots=True)
class Evidence:
    """An answer against the points of a topic: its spans, the best of them for each point, and the signals."""

    spans: tuple[Claim, ...]
    best: NDArray[np.intp]
    signals: Floats


class Grader:
    """Grades answers. Synchronous and CPU-bound: a front calls it off its event loop."""

    def __init__(
        self, bank: Bank, encoder: Encoder, *, glossary: Glossary | None = None, scorer: Scorer | None = None
    ) -> None:
        self._encoder = encoder
        self._glossary = glossary or Glossary.packaged()
        self._scorer = scorer
        self._read: dict[str, tuple[Point, ...]] = {}
        texts = [point for topic in bank.topics.values() for point in topic.meta.key_points]
        claims = [(self._claim(point.zh), self._claim(point.en)) for point in texts]
        self._stems = Counter(stem for zh, en in claims for stem in zh.stems | en.stems)
        self._pairs = Counter(pair for zh, _ in claims for pair in zh.pairs)
        self._size = len(claims)

    def grade(self, topic: Topic, answer: str) -> tuple[PointGrade, ...]:
        """Grade an answer to a topic, one grade a key point, in their order.

        Raises:
            knowledge.errors.QueryError: the answer is empty, only symbols, or too long.
        """
        evidence = self.evidence(topic, answer)
        scorer = self._scorer or Scorer.packaged()
        points = self._points(topic)
        grades = []
        for index, score in enumerate(scorer.scores(evidence.signals).tolist()):
            span = evidence.spans[evidence.best[index]]
            covered = score >= scorer.threshold
            grades.append(PointGrade(index, covered, round(score, 4), span.text, _shared(span, points[index])))
        return tuple(grades)

    def evidence(self, topic: Topic, answer: str) -> Evidence:
        """Compare an answer with every point of a topic; raises what `grade` does."""
        points = self._points(topic)
        found = tuple(self._claim(span) for span in spans(_checked(answer)))
        vectors = self._encoder.passages([claim.english for claim in found])
        stems, pairs = self._weights(points)
        # Each of shape (spans, points). Of `parts` the best counts: a point says more than an answer has to.
        dense = np.stack([(vectors @ point.vectors[:2].T).max(1) for point in points], 1).astype(np.float64)
        part = np.stack([(vectors @ point.vectors[2:].T).max(1) for point in points], 1).astype(np.float64)
        recall = np.array([[_recall(point, claim, stems, pairs) for point in points] for claim in found])
        precision = np.array([[_precision(point, claim, stems, pairs) for point in points] for claim in found])
        f1 = 2 * recall * precision / (recall + precision + 1e-9)
        fit = (dense + part) / 2 + 0.6 * np.sqrt(recall) + 0.4 * f1
        best = fit.argmax(axis=0)
        rows = []
        for j, point in enumerate(points):
            b, others = best[j], [k for k in range(len(points)) if k != j]
            rivals = others or [j]
            span = found[b]
            both = (dense + part) / 2
            top = np.sort(dense[:, rivals].max(axis=0))[-2:].mean()
            rows.append([
                part[:, j].max(),
                dense[:, j].max() - top,
                both[b, j] - both[b, rivals].max(),
                dense[b, j] - dense[b, rivals].mean(),
                math.sqrt(recall[b, j]) - math.sqrt(recall[b, rivals].max()),
                precision[b, j] - precision[b, rivals].max(),
                f1[:, j].max(),
                fit[b, j],
                fit[b, j] - fit[b, rivals].max(),
                np.mean([channel[b, j] >= channel[b].max() > 0 for channel in (dense, part, recall, precision)]),
                min(span.length, 25) / 25,
                min(opposed(span, point.en), 2),
                _denied(span, point, stems),
            ])  # fmt: skip
        return Evidence(found, best, np.array(rows, np.float64))

    def _claim(self, text: str) -> Claim:
        return Claim.read(normalise(text), self._glossary)

    def _points(self, topic: Topic) -> tuple[Point, ...]:
        if topic.slug not in self._read:
            self._read[topic.slug] = tuple(self._point(point) for point in topic.meta.key_points)
        return self._read[topic.slug]

    def _point(self, point: Text) -> Point:
        zh, en = self._claim(point.zh), self._claim(point.en)
        pieces = tuple(self._claim(part) for part in parts(point.en))
        return Point(zh, en, pieces, self._encoder.passages([c.english for c in (zh, en, *pieces)]))

    def _weights(self, points: Sequence[Point]) -> tuple[Weight, Weight]:
        """Return how much a stem and a Chinese pair say: rare in the bank, and rare among these points."""
        stems = Counter(stem for point in points for stem in point.stems)
        pairs = Counter(pair for point in points for pair in point.zh.pairs)

        def weight(term: str, everywhere: Counter[str], here: Counter[str]) -> float:
            return _idf(self._size, everywhere[term]) * _idf(len(points), here[term])

        return lambda stem: weight(stem, self._stems, stems), lambda pair: weight(pair, self._pairs, pairs)


def _idf(size: int, count: int) -> float:
    """Return a smoothed inverse document frequency that leaves a term found everywhere a little to say."""
    return math.log((1 + size) / (1 + count)) + 0.3


def _share(terms: Iterable[str], having: frozenset[str], weight: Weight) -> float:
    weighed = [(weight(term), term in having) for term in terms]
    total = sum(w for w, _ in weighed)
    return sum(w for w, held in weighed if held) / total if total else 0.0


def _recall(point: Point, claim: Claim, stems: Weight, pairs: Weight) -> float:
    """Return how much of a point's content the claim has, in the reading that shows most."""
    return max(
        _share(point.en.stems, claim.stems, stems),
        _share(point.zh.stems, claim.stems, stems),
        _share(point.zh.pairs, claim.pairs, pairs),
    )


def _precision(point: Point, claim: Claim, stems: Weight, pairs: Weight) -> float:
    """Return how much of the claim's content the point has."""
    return max(_share(claim.stems, point.stems, stems), _share(claim.pairs, point.zh.pairs, pairs))


def _denied(claim: Claim, point: Point, weight: Weight) -> float:
    """Return how much of the shared content one of the two denies."""
    shared = claim.stems & point.stems
    theirs = point.en.denied | point.zh.denied
    return _share(shared, claim.denied ^ theirs, weight)


def _shared(claim: Claim, point: Point) -> tuple[str, ...]:
    """Return the words of the claim that the point has: English ones whole, Chinese ones as runs of shared pairs."""
    words = [word for word, root in content_words(claim.text) if root in point.stems]
    pairs = claim.pairs & point.zh.pairs
    run = ""
    for a, b in zip(claim.text, claim.text[1:] + " ", strict=True):
        if a + b in pairs:
            run += b if run else a + b
        elif run:
            words.append(run)
            run = ""
    return tuple(dict.fromkeys(words))


def _checked(answer: str) -> str:
    if len(answer) > MAX_CHARS:
        raise QueryError("too_long", f"the answer has {len(answer)} characters, more than {MAX_CHARS}; say it shorter")
    if not normalise(answer):
        raise QueryError("empty", "the answer is empty; say what you know")
    if not any(ch.isalnum() for ch in answer):
        raise QueryError("symbols", "the answer holds only symbols; say it in words")
    return answer
