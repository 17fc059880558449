"""Which key points of a topic an interview answer covers; no text is generated.

    answer → `knowledge.grading.evidence`: signals, one row a point → boosted trees → score, and a threshold

The trees come with the package (`trees.json`, written by `epoch bench quiz --fit`). They are the same for all topics.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.errors import QueryError
from knowledge.bank.models import Bank, Topic
from knowledge.grading.claims import ClaimText, content_words
from knowledge.grading.evidence import SIGNALS, AnswerEvidence, AnswerReader, Point
from knowledge.grading.grades import MAX_CHARS, PointGrade
from knowledge.search.arrays import F64
from knowledge.search.encoder import Encoder
from knowledge.search.glossary import Glossary
from knowledge.search.reading import normalise

#: The trees, as `epoch bench quiz --fit` writes them.
TREES = Path(__file__).with_name("trees.json")
#: What stands for a signal that is missing.
MISSING = -1e3


@dataclass(frozen=True, slots=True)
class Scorer:
    """Boosted trees (Friedman 2001), and the score from which a point is covered.

    Each tree is a full one, kept as a heap: below node n are 2n + 1 and 2n + 2. A row goes to the first of them where
    its signal is at most the node's cut.

    Attributes:
        constant: log-odds that every row begins with.
        signal: number of the signal that each node looks at, of shape (trees, nodes).
        cut: of the same shape.
        leaf: log-odds that a tree adds, of shape (trees, nodes + 1), from left to right.
        threshold: the score from which a point is covered.
    """

    constant: float
    signal: NDArray[np.intp]
    cut: F64
    leaf: F64
    threshold: float

    @classmethod
    @cache
    def packaged(cls) -> Scorer:
        """Return the one that comes with the package."""
        data = json.loads(TREES.read_text(encoding="utf-8"))
        if data["signals"] != list(SIGNALS):
            raise ValueError("trees.json was made for other signals; run `epoch bench quiz --fit`")
        cut, leaf = (np.asarray(data[name], np.float64) for name in ("cut", "leaf"))
        signal = np.asarray(data["signal"], np.intp)
        return cls(float(data["constant"]), signal, cut, leaf, float(data["threshold"]))

    def as_json(self) -> str:
        """Return what `packaged` reads."""
        rows = {"cut": np.round(self.cut, 5).tolist(), "leaf": np.round(self.leaf, 5).tolist()}
        numbers = {"constant": round(self.constant, 5), "threshold": round(self.threshold, 4)}
        whole = {"signals": list(SIGNALS), **numbers, "signal": self.signal.tolist(), **rows}
        return "{\n" + ",\n".join(f'"{name}": {json.dumps(value)}' for name, value in whole.items()) + "\n}\n"

    def scores(self, signals: F64) -> F64:
        """Return one probability for each row of signals, of shape (rows, signals); NaN where a signal is missing."""
        rows, trees, nodes = known(signals), np.arange(len(self.leaf)), self.cut.shape[1]
        at = np.zeros((len(rows), len(trees)), np.intp)
        while at.size and at[0, 0] < nodes:
            beyond = np.take_along_axis(rows, self.signal[trees, at], axis=1) > self.cut[trees, at]
            at = 2 * at + 1 + beyond
        z = self.constant + self.leaf[trees, at - nodes].sum(axis=1)
        return np.asarray(1 / (1 + np.exp(-z)), np.float64)


def known(signals: F64) -> F64:
    """Return signals for trees: one that is missing is less than any that is there."""
    return np.nan_to_num(signals, nan=MISSING)


class Grader:
    """Grades answers. Synchronous and CPU-bound: a front calls it off its event loop."""

    def __init__(
        self, bank: Bank, encoder: Encoder, *, glossary: Glossary | None = None, scorer: Scorer | None = None
    ) -> None:
        self._reader = AnswerReader(bank, encoder, glossary or Glossary.packaged())
        self._scorer = scorer

    def grade(self, topic: Topic, answer: str) -> tuple[PointGrade, ...]:
        """Grade an answer to a topic, one grade a key point, in their order.

        Raises:
            knowledge.bank.errors.QueryError: the answer is empty, only symbols, or too long.
        """
        evidence = self.evidence(topic, answer)
        scorer = self._scorer or Scorer.packaged()
        points = self._reader.points(topic)
        grades = []
        for index, score in enumerate(scorer.scores(evidence.signals).tolist()):
            span = evidence.spans[evidence.best[index]]
            covered = score >= scorer.threshold
            grades.append(PointGrade(index, covered, round(score, 4), span.text, _shared(span, points[index])))
        return tuple(grades)

    def evidence(self, topic: Topic, answer: str) -> AnswerEvidence:
        """Compare an answer with every point of a topic; raises what `grade` does."""
        return self._reader.evidence(topic, _checked(answer))


def _shared(claim: ClaimText, point: Point) -> tuple[str, ...]:
    """Return the words of the claim that the point has: English ones whole, Chinese ones as runs of shared pairs."""
    words = [word for word, root in content_words(claim.text) if root in point.stems]
    pairs = claim.pairs & point.pairs
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
