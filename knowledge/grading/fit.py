"""How good the grader is on labelled answers, and the fit of its trees.

    FILE.jsonl → Labelled → pairs of an answer and a key point → figures, or a Scorer

Trees and threshold are fitted on `dev` only. Nested cross-validation (Stone 1974) estimates the quality on unseen
topics: each topic is judged by trees and a threshold that were both fitted without it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.bank.errors import KnowledgeError
from knowledge.bank.models import Bank
from knowledge.grading.evidence import CONTRAST, SIGNALS, WORDED
from knowledge.grading.grader import Grader, Scorer, known
from knowledge.grading.grades import UNSURE
from knowledge.search.arrays import F64

if TYPE_CHECKING:
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.tree._tree import Tree

Bools = NDArray[np.bool_]
#: `turned` are the claims of `grading_turned.jsonl` that are kept apart.
Half = Literal["dev", "held", "turned"]

#: The trees: how many, how deep, what each adds of what it could, the fewest pairs in a leaf, and the shares of pairs
#: and of signals that each may look at. Chosen by leaving topics out.
_TREES, _DEPTH, _RATE, _LEAST, _ROWS, _COLUMNS = 250, 3, 0.05, 60, 0.7, 0.3
#: Topics are left out in so many lots.
_LOTS = 5
#: A row weighs this much once more without what pairs tell, and without any wordings: as in banks that have none.
_BARE = 0.1
_THRESHOLDS = np.arange(0.2, 0.91, 0.01)
#: The most of the claims turned round that may count, each judged without its topic. A tenth is what an interviewer may
#: credit wrongly; claims by other writers, about other topics, counted one and a half times as often as these.
_TURNED_MOST = 0.065
#: The kinds of answers that are about one point, and which of them are right.
TERSE, TURNED = "terse", "reversed"


class Labelled(BaseModel):
    """One answer and the key points of its topic that it covers; all others it does not.

    `about` is the point that a claim in few words makes or turns round, where it is one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    id: str = Field(min_length=1)
    half: Half
    topic: str
    lang: Literal["zh", "en", "mix"]
    kind: str
    answer: str = Field(min_length=1)
    covered: list[Annotated[int, Field(ge=0)]]
    about: Annotated[int, Field(ge=0)] | None = None


class LabelsError(KnowledgeError):
    """A file of labelled answers that cannot be used; says which line and why."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Signals and label of every pair, where each comes from, and whether it is the one that its answer is about."""

    signals: F64
    covered: Bools
    topics: NDArray[np.str_]
    langs: NDArray[np.str_]
    kinds: NDArray[np.str_]
    about: Bools

    def only(self, among: Bools) -> Pairs:
        """Return some of the pairs."""
        return Pairs(
            self.signals[among], self.covered[among], self.topics[among], self.langs[among], self.kinds[among],
            self.about[among],
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
    about = np.concatenate([np.arange(len(covered)) == row.about for _, covered, row in rows])
    return Pairs(signals, labels, each("topic"), each("lang"), each("kind"), about)


def figures(scorer: Scorer, found: Pairs) -> dict[str, Any]:
    """Return F1, precision, recall, by language and by kind of answer, and how often the grader is unsure."""
    scores = scorer.scores(found.signals)
    return {**_figures(scores, scores >= scorer.threshold, found), "threshold": scorer.threshold}


def crossed(found: Pairs) -> dict[str, Any]:
    """Return the figures of every topic judged without it, and the spread (standard deviation) of F1 over topics."""
    scores, said = np.zeros(len(found.covered)), np.zeros(len(found.covered), np.bool_)
    for mine in _lots(found.topics):
        scorer = fit(found.only(~mine))
        scores[mine] = scorer.scores(found.signals[mine])
        said[mine] = scores[mine] >= scorer.threshold
    by_topic = [
        _f1(said[mine], found.covered[mine]) for mine in (found.topics == topic for topic in np.unique(found.topics))
    ]
    return {**_figures(scores, said, found), "f1_spread": round(float(np.std(by_topic)), 4)}


def _lots(topics: NDArray[np.str_]) -> list[Bools]:
    """Deal topics into lots, and return which rows are of each."""
    names = np.unique(topics)
    return [np.isin(topics, names[lot::_LOTS]) for lot in range(min(_LOTS, len(names)))]


def _figures(scores: F64, said: Bools, found: Pairs) -> dict[str, Any]:
    unsure = (scores > UNSURE[0]) & (scores < UNSURE[1])
    langs = {lang: _rates(said, found.covered, found.langs == lang)["f1"] for lang in np.unique(found.langs).tolist()}
    kinds = {}
    for kind in np.unique(found.kinds).tolist():
        rates = _rates(said, found.covered, found.kinds == kind)
        kinds[kind] = {name: rates[name] for name in ("pairs", "covered", "recall", "false_alarms")}
    whole = _rates(said, found.covered, np.ones(len(said), np.bool_))
    few = {}
    for kind, name in ((TERSE, "terse_credited"), (TURNED, "turned_credited")):
        if (claims := said[found.about & (found.kinds == kind)]).size:
            few[name] = round(float(claims.mean()), 4)
            few[f"{name}_for_sure"] = round(float((scores[found.about & (found.kinds == kind)] >= UNSURE[1]).mean()), 4)
    brier = float(((scores - found.covered) ** 2).mean())
    right = said == found.covered
    doubt = {"unsure": round(float(unsure.mean()), 4), "right_when_sure": round(float(right[~unsure].mean()), 4)}
    if unsure.any():
        doubt["right_when_unsure"] = round(float(right[unsure].mean()), 4)
    return {**whole, "by_lang": langs, "by_kind": kinds, **few, **doubt, "brier": round(brier, 4)}


def fit(found: Pairs) -> Scorer:
    """Fit the trees, and choose the threshold by leaving out topics."""
    held_out = np.zeros(len(found.covered))
    for mine in _lots(found.topics):
        held_out[mine] = boosted(found.signals[~mine], found.covered[~mine]).scores(found.signals[mine])
    return replace(boosted(found.signals, found.covered), threshold=threshold(held_out, found))


def threshold(scores: F64, found: Pairs) -> float:
    """Return the threshold with the best F1 of those that let few enough of the claims turned round count.

    Args:
        scores: of every pair, by trees that were fitted without its topic.
        found: the pairs.
    """
    turned = scores[found.about & (found.kinds == TURNED)]
    tried: list[float] = _THRESHOLDS.tolist()
    fair = [at for at in tried if not turned.size or (turned >= at).mean() <= _TURNED_MOST]
    best: float = max(fair or tried[-1:], key=lambda at: _f1(scores >= at, found.covered))
    return round(best, 4)


def boosted(signals: F64, covered: Bools) -> Scorer:
    """Fit the trees to rows as they are, and to the same as banks with fewer wordings would have them."""
    model, _, labels, weights = grown(signals, covered)
    share = float(np.average(labels, weights=weights))
    trees = [_full(tree.tree_) for tree in model.estimators_[:, 0]]
    signal, cut, leaf = (np.array(rows) for rows in zip(*trees, strict=True))
    return Scorer(math.log(share / (1 - share)), signal.astype(np.intp), cut, _RATE * leaf, 0.5)


def grown(signals: F64, covered: Bools) -> tuple[GradientBoostingClassifier, F64, Bools, F64]:
    """Return scikit-learn's model, and the rows, labels and weights that it was fitted to; the first rows are those."""
    from sklearn.ensemble import GradientBoostingClassifier

    contrast = SIGNALS.index(CONTRAST)
    worded = [contrast, *(SIGNALS.index(name) for name in WORDED)]
    bare = [signals, signals.copy(), signals.copy()]
    bare[1][:, contrast], bare[2][:, worded] = np.nan, np.nan
    rows, labels = known(np.concatenate(bare)), np.tile(covered, 3)
    weights = np.repeat([1.0, _BARE, _BARE], len(covered))
    model = GradientBoostingClassifier(
        n_estimators=_TREES, max_depth=_DEPTH, learning_rate=_RATE, min_samples_leaf=_LEAST,
        subsample=_ROWS, max_features=_COLUMNS, random_state=0,
    )  # fmt: skip
    return model.fit(rows, labels, sample_weight=weights), rows, labels, weights


def _full(tree: Tree) -> tuple[list[int], list[float], list[float]]:
    """Return a tree of scikit-learn's as `Scorer` keeps it: below a leaf that comes early, both sides are that leaf."""
    signal, cut, row = [], [], [0]
    for _ in range(_DEPTH):
        below = []
        for node in row:
            left, right = int(tree.children_left[node]), int(tree.children_right[node])
            ends = left == right  # as a leaf's are
            signal.append(0 if ends else int(tree.feature[node]))
            cut.append(0.0 if ends else float(tree.threshold[node]))
            below += [node, node] if ends else [left, right]
        row = below
    return signal, cut, [float(tree.value[node].ravel()[0]) for node in row]


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
