"""From passage scores to a topic, a calibrated confidence, and answer / clarify / decline.

    channel scores, one a passage → signals, some a topic → P(topic or outside) → confidence → outcome

Three small models are fitted when the index is built, and are stored with it. All topics share their weights of the
signals, so the models work for any number of topics:

1. Kernel ridge regression (Saunders et al. 1998) from the summed channel scores to the topics. Its prediction is one
   more signal for each topic. For a training passage the prediction is out-of-fold: from a fit without its fold.
2. A conditional logit (McFadden 1974) over all signals: one weight for each signal, shared by all topics, and separate
   weights for the class "outside".
3. Platt scaling (1999) of the logit's output: the probability that the question is inside the bank and the first
   candidate is right. Calibrator and thresholds are fitted on out-of-fold predictions of the logit.

Cross-validation leaves out a whole fold, with passages of every topic, and not one passage at a time. With one passage
left out, its topic would have one passage less than all others; a fit could learn that, and would beat chance even on
shuffled labels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.errors import IndexCacheError
from knowledge.search.arrays import F32, F64, I64, Arrays

AskOutcome = Literal["answer", "clarify", "decline"]

FOLDS = 10
#: Strength of each fit's regularisation, chosen by cross-validation over the bank's own questions.
_RIDGE, _LOGIT, _PRIOR, _PLATT = 0.3, 0.1, 1.0, 0.1
#: Constant part of the ridge's kernel: lets it learn how common each owner is.
_KERNEL_BIAS = 0.05
#: The answer threshold lets at most this share of out-of-fold negatives through …
_FALSE_ACCEPTS = 0.05
#: … and the clarify threshold turns away at most this share of out-of-fold questions of the bank.
_FALSE_REJECTS = 0.03
#: Within these bounds: an easy bank would answer at a hunch ("did you mean" is better then), a hopeless one never.
_ANSWER_BOUNDS = (0.4, 0.6)
_SIGNALS = 3


@dataclass(frozen=True, slots=True)
class Features:
    """The model inputs for some questions.

    Attributes:
        total: weighted sum of the channel scores for each training passage, shape (questions, passages), float32.
        pooled: signals from the best passages of each topic, shape (questions, topics + 1, signals); the last row is
            the class "outside".
        extras: features of the words of each question, shape (questions, k).
    """

    total: F32
    pooled: F64
    extras: F64


@dataclass(frozen=True, slots=True)
class FitReport:
    """Out-of-fold figures of a fit: what the thresholds were made from."""

    questions: int
    negatives: int
    top1: float
    far: float
    frr: float
    answered: float
    answer_threshold: float
    clarify_threshold: float


@dataclass(frozen=True, slots=True)
class Head:
    """The parameters of the three fitted models.

    Attributes:
        ridge: dual weights of the ridge regression, shape (training passages, topics + 1).
        weights: of the logit: for the signals of a topic, for those of "outside", for the extras, and a constant.
        priors: one constant for each topic.
        platt: weights of the calibrator's inputs, and a constant.
        thresholds: the lowest confidence to clarify, and to answer.
        folds: out-of-fold figures, in the order of `FitReport`.
    """

    ridge: F64
    weights: F64
    priors: F64
    platt: F64
    thresholds: F64
    folds: F64

    def probabilities(self, features: Features) -> F64:
        """Return P(topic) and, last, P(outside) for each question, shape (questions, topics + 1)."""
        votes = (features.total + _KERNEL_BIAS) @ self.ridge
        return _choose(*_design(features, votes), self.weights, self.priors)

    def confidence(self, probabilities: F64) -> F64:
        """Return the calibrated probability that each question is inside and its first candidate right."""
        return _sigmoid(_certainty(probabilities) @ self.platt[:-1] + self.platt[-1])

    def outcome(self, confidence: float) -> AskOutcome:
        """Return what to do at this confidence."""
        clarify, answer = self.thresholds
        return "answer" if confidence >= answer else "clarify" if confidence >= clarify else "decline"

    @property
    def report(self) -> FitReport:
        """The out-of-fold figures."""
        questions, negatives, *rest = self.folds.tolist()
        return FitReport(int(questions), int(negatives), *rest)

    def arrays(self) -> Arrays:
        """Return what `restore` needs."""
        return {f"head.{field.name}": getattr(self, field.name) for field in fields(self)}

    @classmethod
    def restore(cls, arrays: Arrays, *, passages: int, topics: int, signals: int, extras: int) -> Head:
        """Rebuild the head for an index of that shape.

        Raises:
            IndexCacheError: the arrays have other shapes, or values that are not finite.
        """
        shapes = {
            "ridge": (passages, topics + 1),
            "weights": (2 * (signals + 1) + extras + 1,),
            "priors": (topics,),
            "platt": (_SIGNALS + 1,),
            "thresholds": (2,),
            "folds": (len(fields(FitReport)),),
        }
        for name, shape in shapes.items():
            value = arrays.get(f"head.{name}")
            if value is None or value.shape != shape or value.dtype != np.float64 or not np.isfinite(value).all():
                raise IndexCacheError(f"the head's {name} does not fit the bank")
        return cls(**{name: cast(F64, arrays[f"head.{name}"]) for name in shapes})


def fit(features: Features, owners: I64, folds: I64, topics: int, report: Callable[[int, int], None]) -> Head:
    """Fit all three models.

    Args:
        features: of the training passages, asked as questions. `pooled` leaves out the passages of the question's own
            fold. Rows and columns of `total` are the same passages in the same order; its diagonal is not read.
        owners: topic index of each training passage; `topics` for the class "outside".
        folds: fold of each training passage, as `deal` gives it.
        topics: number of topics.
        report: called with (done, total) after each step.
    """
    import scipy.optimize  # noqa: F401  # loads its BLAS, which the limit can then reach
    from threadpoolctl import threadpool_limits

    # The matrices are small: on a busy machine more threads wait for each other longer than they work.
    with threadpool_limits(limits=1):
        report(0, FOLDS + 2)
        ridge, votes = _ridge(features.total, owners, folds, topics)
        report(1, FOLDS + 2)
        inside, outside = _design(features, votes)
        weights, priors = _logit(inside, outside, owners)
        report(2, FOLDS + 2)
        held_out = np.zeros((len(owners), topics + 1))
        for fold in range(FOLDS):
            held = folds == fold
            if held.any():
                # Convex, so that the start does not matter but for the time it saves.
                found = _logit(inside[~held], outside[~held], owners[~held], start=(weights, priors))
                held_out[held] = _choose(inside[held], outside[held], *found)
            report(fold + 3, FOLDS + 2)
        return _calibrated(ridge, weights, priors, held_out, owners)


def _calibrated(ridge: F64, weights: F64, priors: F64, held_out: F64, owners: I64) -> Head:
    topics = len(priors)
    inside = owners < topics
    right = inside & (held_out[:, :-1].argmax(axis=1) == owners)
    certainty = _certainty(held_out)
    platt = _platt(certainty, right)
    confidence = _sigmoid(certainty @ platt[:-1] + platt[-1])
    thresholds = _thresholds(confidence, inside)
    return Head(ridge, weights, priors, platt, thresholds, _figures(confidence, inside, right, thresholds))


def _ridge(total: F32, owners: I64, folds: I64, topics: int) -> tuple[F64, F64]:
    """Return the dual weights, and for each passage the exact prediction of a ridge fitted without its fold."""
    from scipy.linalg import cho_solve
    from scipy.linalg.lapack import spotrf, spotri

    kernel = total + total.T
    kernel /= 2
    np.fill_diagonal(kernel, 1.0)  # a passage is itself: its channels' cosines are 1 and their weights sum to 1
    kernel += _KERNEL_BIAS
    kernel[np.diag_indices_from(kernel)] += _RIDGE
    # In place, which takes a third of the memory that solving for the identity does. LAPACK reads columns: of a
    # symmetric matrix its rows; what it leaves is the lower triangle.
    factor, failed = spotrf(kernel.T, lower=True, overwrite_a=True)
    if failed:
        raise np.linalg.LinAlgError(f"the kernel of the passages is not positive definite (spotrf: {failed})")
    target = np.eye(topics + 1)[owners]
    dual = cho_solve((factor, True), target.astype(np.float32)).astype(np.float64)
    inverse, _ = spotri(factor, lower=True, overwrite_c=True)
    votes = np.zeros_like(target)
    for fold in np.unique(folds):
        held = np.flatnonzero(folds == fold)
        block = np.tril(inverse[np.ix_(held, held)])
        block += np.tril(block, -1).T
        votes[held] = target[held] - np.linalg.solve(block, dual[held])
    return dual, votes


def _design(features: Features, votes: F64) -> tuple[F64, F64]:
    """Return the logit's input: (questions, topics, signals + 1), and (questions, signals + k + 2) for "outside"."""
    signals = np.concatenate([features.pooled, votes[:, :, None]], axis=2)
    constant = np.ones((len(signals), 1))
    outside = np.concatenate([signals[:, -1], features.extras, constant], axis=1)
    return np.ascontiguousarray(signals[:, :-1]), outside


def _choose(inside: F64, outside: F64, weights: F64, priors: F64) -> F64:
    width = inside.shape[2]
    utility = np.column_stack([inside @ weights[:width] + priors, outside @ weights[width:]])
    odds = np.exp(utility - utility.max(axis=1, keepdims=True))
    return cast(F64, odds / odds.sum(axis=1, keepdims=True))


def _logit(inside: F64, outside: F64, chosen: I64, start: tuple[F64, F64] | None = None) -> tuple[F64, F64]:
    """Fit the conditional logit by penalised likelihood, starting at `start` or at zero."""
    from scipy.optimize import minimize

    questions, topics, width = inside.shape
    total = width + outside.shape[1]
    rows = np.arange(questions)
    rows_of_topics = inside.reshape(-1, width)

    def loss(x: F64) -> tuple[float, F64]:
        weights, priors = x[:total], x[total:]
        p = _choose(inside, outside, weights, priors)
        value = -np.log(p[rows, chosen] + 1e-300).sum() + _LOGIT / 2 * weights @ weights + _PRIOR / 2 * priors @ priors
        p[rows, chosen] -= 1
        slope = np.concatenate([p[:, :-1].ravel() @ rows_of_topics, p[:, -1] @ outside]) + _LOGIT * weights
        return float(value), np.concatenate([slope, p[:, :-1].sum(axis=0) + _PRIOR * priors])

    first = np.concatenate(start) if start else np.zeros(total + topics)
    found = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return found[:total], found[total:]


def _platt(certainty: F64, right: NDArray[np.bool_]) -> F64:
    """Fit the calibrator by penalised likelihood."""
    from scipy.optimize import minimize

    sign = np.where(right, 1.0, -1.0)
    x = np.column_stack([certainty, np.ones(len(certainty))])

    def loss(w: F64) -> tuple[float, F64]:
        margin = sign * (x @ w)
        value = np.logaddexp(0, -margin).sum() + _PLATT / 2 * w @ w
        return float(value), -(x.T @ (sign * _sigmoid(-margin))) + _PLATT * w

    return cast(F64, minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x)


def deal(owners: I64) -> I64:
    """Deal each owner's questions out to the folds in turn: stratified, and the same at every build."""
    folds = np.zeros(len(owners), np.int64)
    for owner in np.unique(owners):
        mine = np.flatnonzero(owners == owner)
        folds[mine] = np.arange(len(mine)) % FOLDS
    return folds


def _certainty(probabilities: F64) -> F64:
    """Return the calibrator's inputs: log-odds of the first topic, of "outside", of the first against the second."""
    p = np.clip(probabilities, 1e-9, 1 - 1e-9)
    ranked = np.sort(p[:, :-1], axis=1)
    first = ranked[:, -1]
    second = ranked[:, -2] if ranked.shape[1] > 1 else np.full_like(first, 1e-9)
    outside = p[:, -1]
    odds = [np.log(first / (1 - first)), np.log(outside / (1 - outside)), np.log(first / second)]
    return cast(F64, np.stack(odds, axis=1))


def _thresholds(confidence: F64, inside: NDArray[np.bool_]) -> F64:
    """Return (clarify, answer) from out-of-fold confidences."""
    outside = confidence[~inside]
    answer = float(np.quantile(outside, 1 - _FALSE_ACCEPTS)) if len(outside) else _ANSWER_BOUNDS[0]
    answer = float(np.clip(answer, *_ANSWER_BOUNDS))
    return np.array([min(float(np.quantile(confidence[inside], _FALSE_REJECTS)), answer), answer])


def _figures(confidence: F64, inside: NDArray[np.bool_], right: NDArray[np.bool_], thresholds: F64) -> F64:
    clarify, answer = thresholds
    far = float((confidence[~inside] >= answer).mean()) if (~inside).any() else 0.0
    frr, answered = float((confidence[inside] < clarify).mean()), float((confidence[inside] >= answer).mean())
    counts = float(inside.sum()), float((~inside).sum())
    return np.array([*counts, float(right[inside].mean()), far, frr, answered, answer, clarify])


def _sigmoid(z: F64) -> F64:
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))
