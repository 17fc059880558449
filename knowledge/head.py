"""From channel scores to a topic, a calibrated confidence, and answer / clarify / decline.

    channel scores → features → P(topic or outside) → confidence → outcome

Two small logistic regressions, fitted when the index is built and kept with it. The first gives the probabilities of
all topics and of "outside the bank". The second turns them into one calibrated probability that the question is inside and
the first candidate right (Platt 1999); it and the thresholds see only out-of-fold predictions of the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import IndexCacheError

Floats = NDArray[np.float64]
Outcome = Literal["answer", "clarify", "decline"]

#: Weights of the dense, character and syllable channels in the plain sum, with an encoder and without.
WITH_ENCODER = (0.5, 0.3, 0.2)
WITHOUT_ENCODER = (0.0, 0.6, 0.4)
_FOLDS = 5
#: Inverse strength of the head's and the calibrator's regularisation, chosen by cross-validation over the bank.
_C_HEAD = 30.0
_C_CALIBRATOR = 10.0
#: The answer threshold lets at most this share of out-of-fold negatives through …
_FALSE_ACCEPTS = 0.05
#: … and the clarify threshold turns away at most this share of out-of-fold questions of the bank.
_FALSE_REJECTS = 0.03


def features(best: NDArray[np.floating], extras: NDArray[np.floating], weights: tuple[float, ...]) -> Floats:
    """Return the head's input.

    Args:
        best: best passage of each owner, shape (queries, channels, topics + 1), negatives last.
        extras: what is known of the question itself, shape (queries, k).
        weights: of the channels in the plain sum.
    """
    total = np.einsum("qct,c->qt", best, np.asarray(weights))
    return np.concatenate([total, best.reshape(len(best), -1), extras], axis=1).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Head:
    """The fitted numbers. `coef` (features, topics + 1), `bias` (topics + 1), `calibrator` (signals + 1)."""

    coef: Floats
    bias: Floats
    calibrator: Floats
    thresholds: Floats

    def probabilities(self, x: Floats) -> Floats:
        """Return P(topic) and, last, P(outside) for each row, shape (queries, topics + 1)."""
        return _softmax(x @ self.coef + self.bias)

    def confidence(self, probabilities: Floats) -> Floats:
        """Return the calibrated probability that each question is inside and its first candidate right."""
        return _sigmoid(signals(probabilities) @ self.calibrator[:-1] + self.calibrator[-1])

    def outcome(self, confidence: float) -> Outcome:
        """Return what to do at this confidence."""
        clarify, answer = self.thresholds
        return "answer" if confidence >= answer else "clarify" if confidence >= clarify else "decline"

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what `restore` needs."""
        return {f"head.{field.name}": getattr(self, field.name) for field in fields(self)}

    @classmethod
    def restore(cls, arrays: dict[str, NDArray[np.generic]], features: int, topics: int) -> Head:
        """Rebuild the head for so many features and topics.

        Raises:
            IndexCacheError: the arrays have other shapes, or numbers that are none.
        """
        shapes = {"coef": (features, topics + 1), "bias": (topics + 1,), "calibrator": (_SIGNALS + 1,), "thresholds": (2,)}
        values: dict[str, Floats] = {}
        for name, shape in shapes.items():
            value = arrays.get(f"head.{name}")
            if value is None or value.shape != shape or value.dtype != np.float64 or not np.isfinite(value).all():
                raise IndexCacheError(f"the head's {name} is not of shape {shape}")
            values[name] = value.astype(np.float64)
        return cls(**values)


_SIGNALS = 3


def signals(probabilities: Floats) -> Floats:
    """Return what the calibrator sees: log-odds of the first topic, of "outside", and of first against second."""
    p = np.clip(probabilities, 1e-9, 1 - 1e-9)
    ranked = np.sort(p[:, :-1], axis=1)
    first = ranked[:, -1]
    second = ranked[:, -2] if ranked.shape[1] > 1 else np.full_like(first, 1e-9)
    outside = p[:, -1]
    return np.stack([_logit(first), _logit(outside), np.log(first / second)], axis=1)


def fit(x: Floats, owners: NDArray[np.integer], topics: int, report: Callable[[int, int], None]) -> Head:
    """Fit head, calibrator and thresholds.

    Args:
        x: features in which no question has seen itself, shape (questions, k).
        owners: place of each question's topic; `topics` for outside.
        topics: how many there are.
        report: hears (done, total) after each fold.
    """
    folds = _folds(owners)
    probabilities = np.zeros((len(x), topics + 1))
    for fold in range(_FOLDS):
        held = folds == fold
        if held.any():
            coef, bias = _regression(x[~held], owners[~held], topics)
            probabilities[held] = _softmax(x[held] @ coef + bias)
        report(fold + 1, _FOLDS + 1)
    coef, bias = _regression(x, owners, topics)
    report(_FOLDS + 1, _FOLDS + 1)
    inside = owners < topics
    right = inside & (probabilities[:, :-1].argmax(axis=1) == owners)
    calibrator = _binary(signals(probabilities), right)
    confidence = _sigmoid(signals(probabilities) @ calibrator[:-1] + calibrator[-1])
    return Head(coef, bias, calibrator, _thresholds(confidence, inside))


def _folds(owners: NDArray[np.integer]) -> NDArray[np.integer]:
    """Deal each owner's questions out to the folds in turn: stratified, and the same at every build."""
    folds = np.zeros(len(owners), np.int64)
    for owner in np.unique(owners):
        mine = np.flatnonzero(owners == owner)
        folds[mine] = np.arange(len(mine)) % _FOLDS
    return folds


def _regression(x: Floats, owners: NDArray[np.integer], topics: int) -> tuple[Floats, Floats]:
    """Fit a multinomial logistic regression; classes without questions get probability nought."""
    from sklearn.linear_model import LogisticRegression

    coef, bias = np.zeros((x.shape[1], topics + 1)), np.full(topics + 1, -30.0)
    present = np.unique(owners)
    if len(present) == 1:
        bias[present] = 0.0
        return coef, bias
    model = LogisticRegression(C=_C_HEAD, max_iter=1000).fit(x, owners)
    if len(present) == 2:
        coef[:, present[1]], bias[present] = model.coef_[0], (0.0, float(model.intercept_[0]))
    else:
        coef[:, present], bias[present] = model.coef_.T, model.intercept_
    return coef, bias


def _binary(x: Floats, target: NDArray[np.bool_]) -> Floats:
    from sklearn.linear_model import LogisticRegression

    if target.all() or not target.any():
        return np.array([*np.zeros(x.shape[1]), 3.0 if target.all() else -3.0])
    model = LogisticRegression(C=_C_CALIBRATOR, max_iter=1000).fit(x, target)
    return np.array([*model.coef_[0], model.intercept_[0]])


def _thresholds(confidence: Floats, inside: NDArray[np.bool_]) -> Floats:
    """Return (clarify, answer) from out-of-fold confidences."""
    answer = float(np.quantile(confidence[~inside], 1 - _FALSE_ACCEPTS)) if (~inside).any() else 0.5
    clarify = float(np.quantile(confidence[inside], _FALSE_REJECTS)) if inside.any() else 0.5
    # A bank that is easily told apart would answer at 2 %, one that is not would never answer.
    answer = float(np.clip(answer, 0.3, 0.9))
    return np.array([min(clarify, answer), answer])


def _softmax(z: Floats) -> Floats:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _sigmoid(z: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-z)))


def _logit(p: Floats) -> Floats:
    return np.asarray(np.log(p / (1 - p)))
