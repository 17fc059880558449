"""How good the grader is on labelled answers, and the fit of its few weights.

    FILE.jsonl → Labelled → pairs of an answer and a key point → figures, or a Scorer

Weights and threshold are fitted on `dev` only. Nested cross-validation (Stone 1974) estimates the quality on unseen
topics: each topic is judged by a regression and a threshold that were both fitted without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.bank.errors import KnowledgeError
from knowledge.bank.models import Bank
from knowledge.grading.grader import UNSURE, Grader, Scorer
from knowledge.search.arrays import F64

Bools = NDArray[np.bool_]
Half = Literal["dev", "held"]

#: Strength of the regression, chosen by leaving out one topic of `dev` at a time.
_STRENGTH = 0.1
#: The threshold is the best for two mixtures at once: the file's own, and one where this share of pairs is covered,
#: as where people are asked about the points that they were heard to make.
_COVERED = 1 / 3
_THRESHOLDS = np.arange(0.2, 0.61, 0.02)


class Labelled(BaseModel):
    """One answer and the key points of its topic that it covers; all others it does not."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    id: str = Field(min_length=1)
    half: Half
    topic: str
    lang: Literal["zh", "en", "mix"]
    kind: str
    answer: str = Field(min_length=1)
    covered: list[Annotated[int, Field(ge=0)]]


class LabelsError(KnowledgeError):
    """A file of labelled answers that cannot be used; says which line and why."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Signals and label of every pair, and where each comes from."""

    signals: F64
    covered: Bools
    topics: NDArray[np.str_]
    langs: NDArray[np.str_]
    kinds: NDArray[np.str_]

    def only(self, among: Bools) -> Pairs:
        """Return some of the pairs."""
        return Pairs(
            self.signals[among], self.covered[among], self.topics[among], self.langs[among], self.kinds[among]
        )  # fmt: skip


def load(path: Path, bank: Bank) -> list[Labelled]:
    """Read a file of labelled answers.

    Raises:
        LabelsError: a line does not fit, or names a topic or a point that the bank has not.
    """
    found: list[Labelled] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        where = f"{path}, line {number}"
        try:
            row = Labelled.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            raise LabelsError(f"{where}: {'.'.join(map(str, first['loc']))}: {first['msg']}; correct it") from None
        topic = bank.topics.get(row.topic)
        if topic is None:
            raise LabelsError(f"{where}: the bank has no topic {row.topic!r}; correct it or leave the line out")
        if max(row.covered, default=0) >= len(topic.meta.key_points):
            points = len(topic.meta.key_points)
            raise LabelsError(f"{where}: {row.topic} has points 0 to {points - 1}, not {max(row.covered)}; correct it")
        found.append(row)
    return found


def pairs(
    grader: Grader, bank: Bank, answers: Sequence[Labelled], report: Callable[[int, int], None]
) -> dict[Half, Pairs]:
    """Compare every answer with every key point of its topic, by half; `report` hears (done, total)."""
    columns: dict[Half, list[tuple[F64, list[bool], Labelled]]] = {}
    for done, row in enumerate(answers, 1):
        rows = grader.evidence(bank[row.topic], row.answer).signals
        columns.setdefault(row.half, []).append((rows, [i in row.covered for i in range(len(rows))], row))
        report(done, len(answers))
    return {half: _joined(rows) for half, rows in columns.items()}


def _joined(rows: Sequence[tuple[F64, list[bool], Labelled]]) -> Pairs:
    def each(name: str) -> NDArray[np.str_]:
        return np.concatenate([np.full(len(covered), getattr(row, name)) for _, covered, row in rows])

    signals, labels = np.concatenate([r[0] for r in rows]), np.concatenate([r[1] for r in rows])
    return Pairs(signals, labels, each("topic"), each("lang"), each("kind"))


def figures(scorer: Scorer, found: Pairs) -> dict[str, Any]:
    """Return F1, precision, recall, by language and by kind of answer, and how often the grader is unsure."""
    scores = scorer.scores(found.signals)
    return {**_figures(scores, scores >= scorer.threshold, found), "threshold": scorer.threshold}


def crossed(found: Pairs) -> dict[str, Any]:
    """Return the figures of every topic judged without it, and the spread (standard deviation) of F1 over topics."""
    scores, said = np.zeros(len(found.covered)), np.zeros(len(found.covered), np.bool_)
    by_topic = []
    for topic in np.unique(found.topics):
        mine = found.topics == topic
        scorer = fit(found.only(~mine))
        scores[mine] = scorer.scores(found.signals[mine])
        said[mine] = scores[mine] >= scorer.threshold
        by_topic.append(_f1(said[mine], found.covered[mine]))
    return {**_figures(scores, said, found), "f1_spread": round(float(np.std(by_topic)), 4)}


def _figures(scores: F64, said: Bools, found: Pairs) -> dict[str, Any]:
    unsure = (scores > UNSURE[0]) & (scores < UNSURE[1])
    langs = {lang: _rates(said, found.covered, found.langs == lang)["f1"] for lang in np.unique(found.langs).tolist()}
    kinds = {}
    for kind in np.unique(found.kinds).tolist():
        rates = _rates(said, found.covered, found.kinds == kind)
        kinds[kind] = {name: rates[name] for name in ("pairs", "covered", "recall", "false_alarms")}
    whole = _rates(said, found.covered, np.ones(len(said), np.bool_))
    brier = float(((scores - found.covered) ** 2).mean())
    right = said == found.covered
    doubt = {"unsure": round(float(unsure.mean()), 4), "right_when_sure": round(float(right[~unsure].mean()), 4)}
    if unsure.any():
        doubt["right_when_unsure"] = round(float(right[unsure].mean()), 4)
    return {**whole, "by_lang": langs, "by_kind": kinds, **doubt, "brier": round(brier, 4)}


def fit(found: Pairs) -> Scorer:
    """Fit the regression and choose its threshold by leaving out one topic at a time."""
    held_out = np.zeros(len(found.covered))
    for topic in np.unique(found.topics):
        mine = found.topics == topic
        held_out[mine] = _regression(found.signals[~mine], found.covered[~mine]).scores(found.signals[mine])

    def worth(threshold: float) -> float:
        said = held_out >= threshold
        return _f1(said, found.covered) + _f1_at(said, found.covered, _COVERED)

    best = max(_THRESHOLDS.tolist(), key=worth)
    whole = _regression(found.signals, found.covered)
    return Scorer(whole.mean, whole.scale, whole.weights, whole.constant, round(best, 4))


def _regression(signals: F64, covered: Bools) -> Scorer:
    from sklearn.linear_model import LogisticRegression

    mean, scale = np.nanmean(signals, axis=0), np.nanstd(signals, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    usual = np.nan_to_num((signals - mean) / scale)
    fitted = LogisticRegression(C=_STRENGTH, max_iter=2000).fit(usual, covered)
    return Scorer(mean, scale, np.asarray(fitted.coef_[0], np.float64), float(fitted.intercept_[0]), 0.5)


def _rates(said: Bools, covered: Bools, among: Bools) -> dict[str, float | int | None]:
    said, covered = said[among], covered[among]
    hits, alarms = int((said & covered).sum()), int(said.sum())
    positives, negatives = int(covered.sum()), int((~covered).sum())

    def rate(part: int, whole: int) -> float | None:
        return round(part / whole, 4) if whole else None

    return {
        "f1": rate(2 * hits, alarms + positives), "precision": rate(hits, alarms), "recall": rate(hits, positives),
        "false_alarms": rate(alarms - hits, negatives), "pairs": len(said), "covered": positives,
    }  # fmt: skip


def _f1(said: Bools, covered: Bools) -> float:
    return float(2 * (said & covered).sum() / max(said.sum() + covered.sum(), 1))


def _f1_at(said: Bools, covered: Bools, share: float) -> float:
    """Return what the F1 would be where `share` of the pairs were covered, from recall and false alarms."""
    recall, alarms = float(said[covered].mean()), float(said[~covered].mean())
    return 2 * share * recall / (share * recall + (1 - share) * alarms + share)
