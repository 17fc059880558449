"""From passage scores to a topic, a calibrated confidence, and answer / clarify / decline.

    channel scores, one a passage → signals, some a topic → P(topic or outside) → confidence → outcome

Three small fits, made when the index is built and kept with it; none knows how many topics there are:

1. kernel ridge regression (Saunders et al. 1998) from the summed channels to the owners: one more signal a topic.
   Of a passage it learned from it says what it would without that passage's fold.
2. a conditional logit (McFadden 1974): one weight a signal, the same for every topic, and others for "outside".
3. Platt's sigmoid (1999) over that: the probability that the question is inside and the first candidate right. It and
   the thresholds see only out-of-fold predictions of the second.

Whole folds are left out, of every topic alike, and not single passages: a topic that alone misses a passage gives
itself away, and a fit to shuffled labels would beat chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import IndexCacheError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Outcome = Literal["answer", "clarify", "decline"]

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
class Evidence:
    """What is known of some questions.

    Attributes:
        total: weighted sum of the channels for each passage that trains, shape (questions, passages), float32.
        pooled: best passages of each owner, shape (questions, topics + 1, signals); "outside" comes last.
        extras: what is known of the words of each question, shape (questions, k).
    """

    total: NDArray[np.float32]
    pooled: Floats
    extras: Floats


@dataclass(frozen=True, slots=True)
class Report:
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
    """The fitted numbers.

    Attributes:
        ridge: shape (passages that train, topics + 1).
        weights: of the signals for topics, then those for "outside", then of the extras, then a constant.
        priors: one a topic.
        platt: one a signal of the calibrator, then a constant.
        thresholds: clarify, answer.
        folds: out-of-fold figures, in the order of `Report`.
    """

    ridge: Floats
    weights: Floats
    priors: Floats
    platt: Floats
    thresholds: Floats
    folds: Floats

    def probabilities(self, evidence: Evidence) -> Floats:
        """Return P(topic) and, last, P(outside) for each question, shape (questions, topics + 1)."""
        votes = (evidence.total + _KERNEL_BIAS) @ self.ridge
        return _choose(*_design(evidence, votes), self.weights, self.priors)

    def confidence(self, probabilities: Floats) -> Floats:
        """Return the calibrated probability that each question is inside and its first candidate right."""
        return _sigmoid(_certainty(probabilities) @ self.platt[:-1] + self.platt[-1])

    def outcome(self, confidence: float) -> Outcome:
        """Return what to do at this confidence."""
        clarify, answer = self.thresholds
        return "answer" if confidence >= answer else "clarify" if confidence >= clarify else "decline"

    @property
    def report(self) -> Report:
        """The out-of-fold figures."""
        questions, negatives, *rest = self.folds.tolist()
        return Report(int(questions), int(negatives), *rest)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what `restore` needs."""
        return {f"head.{field.name}": getattr(self, field.name) for field in fields(self)}

    @classmethod
    def restore(
        cls, arrays: dict[str, NDArray[np.generic]], *, passages: int, topics: int, signals: int, extras: int
    ) -> Head:
        """Rebuild the head for an index of that shape.

        Raises:
            IndexCacheError: the arrays have other shapes, or numbers that are none.
        """
        shapes = {
            "ridge": (passages, topics + 1),
            "weights": (2 * (signals + 1) + extras + 1,),
            "priors": (topics,),
            "platt": (_SIGNALS + 1,),
            "thresholds": (2,),
            "folds": (len(fields(Report)),),
        }
        for name, shape in shapes.items():
            value = arrays.get(f"head.{name}")
            if value is None or value.shape != shape or value.dtype != np.float64 or not np.isfinite(value).all():
                raise IndexCacheError(f"the head's {name} does not fit the bank")
        return cls(**{name: cast(Floats, arrays[f"head.{name}"]) for name in shapes})


def fit(evidence: Evidence, owners: Ints, folds: Ints, topics: int, report: Callable[[int, int], None]) -> Head:
    """Fit everything.

    Args:
        evidence: of the passages that train, asked as questions; `pooled` without passages of the question's own fold.
            The rows of `total` are its columns, in one order; its diagonal is not read.
        owners: place of each one's topic; `topics` for outside.
        folds: fold of each one, as `deal` gives it.
        topics: how many there are.
        report: hears (done, total) after each step.
    """
    import scipy.optimize  # noqa: F401  # loads its BLAS, which the limit can then reach
    from threadpoolctl import threadpool_limits

    # The matrices are small: on a busy machine more threads wait for each other longer than they work.
    with threadpool_limits(limits=1):
        report(0, FOLDS + 2)
        ridge, votes = _ridge(evidence.total, owners, folds, topics)
        report(1, FOLDS + 2)
        inside, outside = _design(evidence, votes)
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


def _calibrated(ridge: Floats, weights: Floats, priors: Floats, held_out: Floats, owners: Ints) -> Head:
    topics = len(priors)
    inside = owners < topics
    right = inside & (held_out[:, :-1].argmax(axis=1) == owners)
    certainty = _certainty(held_out)
    platt = _platt(certainty, right)
    confidence = _sigmoid(certainty @ platt[:-1] + platt[-1])
    thresholds = _thresholds(confidence, inside)
    return Head(ridge, weights, priors, platt, thresholds, _figures(confidence, inside, right, thresholds))


def _ridge(total: NDArray[np.float32], owners: Ints, folds: Ints, topics: int) -> tuple[Floats, Floats]:
    """Return the dual weights, and for each passage the exact votes of a ridge fitted without its fold."""
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


def _design(evidence: Evidence, votes: Floats) -> tuple[Floats, Floats]:
    """Return the logit's input: (questions, topics, signals + 1), and (questions, signals + k + 2) for "outside"."""
    signals = np.concatenate([evidence.pooled, votes[:, :, None]], axis=2)
    constant = np.ones((len(signals), 1))
    outside = np.concatenate([signals[:, -1], evidence.extras, constant], axis=1)
    return np.ascontiguousarray(signals[:, :-1]), outside


def _choose(inside: Floats, outside: Floats, weights: Floats, priors: Floats) -> Floats:
    width = inside.shape[2]
    utility = np.column_stack([inside @ weights[:width] + priors, outside @ weights[width:]])
    odds = np.exp(utility - utility.max(axis=1, keepdims=True))
    return cast(Floats, odds / odds.sum(axis=1, keepdims=True))


def _logit(
    inside: Floats, outside: Floats, chosen: Ints, start: tuple[Floats, Floats] | None = None
) -> tuple[Floats, Floats]:
    """Fit the conditional logit by penalised likelihood, from `start` or from nought."""
    from scipy.optimize import minimize

    questions, topics, width = inside.shape
    total = width + outside.shape[1]
    rows = np.arange(questions)
    rows_of_topics = inside.reshape(-1, width)

    def loss(x: Floats) -> tuple[float, Floats]:
        weights, priors = x[:total], x[total:]
        p = _choose(inside, outside, weights, priors)
        value = -np.log(p[rows, chosen] + 1e-300).sum() + _LOGIT / 2 * weights @ weights + _PRIOR / 2 * priors @ priors
        p[rows, chosen] -= 1
        slope = np.concatenate([p[:, :-1].ravel() @ rows_of_topics, p[:, -1] @ outside]) + _LOGIT * weights
        return float(value), np.concatenate([slope, p[:, :-1].sum(axis=0) + _PRIOR * priors])

    first = np.concatenate(start) if start else np.zeros(total + topics)
    found = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return found[:total], found[total:]


def _platt(certainty: Floats, right: NDArray[np.bool_]) -> Floats:
    """Fit the calibrator by penalised likelihood."""
    from scipy.optimize import minimize

    sign = np.where(right, 1.0, -1.0)
    x = np.column_stack([certainty, np.ones(len(certainty))])

    def loss(w: Floats) -> tuple[float, Floats]:
        margin = sign * (x @ w)
        value = np.logaddexp(0, -margin).sum() + _PLATT / 2 * w @ w
        return float(value), -(x.T @ (sign * _sigmoid(-margin))) + _PLATT * w

    return cast(Floats, minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x)


def deal(owners: Ints) -> Ints:
    """Deal each owner's questions out to the folds in turn: stratified, and the same at every build."""
    folds = np.zeros(len(owners), np.int64)
    for owner in np.unique(owners):
        mine = np.flatnonzero(owners == owner)
        folds[mine] = np.arange(len(mine)) % FOLDS
    return folds


def _certainty(probabilities: Floats) -> Floats:
    """Return what the calibrator sees: log-odds of the first topic, of "outside", and of first against second."""
    p = np.clip(probabilities, 1e-9, 1 - 1e-9)
    ranked = np.sort(p[:, :-1], axis=1)
    first = ranked[:, -1]
    second = ranked[:, -2] if ranked.shape[1] > 1 else np.full_like(first, 1e-9)
    outside = p[:, -1]
    odds = [np.log(first / (1 - first)), np.log(outside / (1 - outside)), np.log(first / second)]
    return cast(Floats, np.stack(odds, axis=1))


def _thresholds(confidence: Floats, inside: NDArray[np.bool_]) -> Floats:
    """Return (clarify, answer) from out-of-fold confidences."""
    outside = confidence[~inside]
    answer = float(np.quantile(outside, 1 - _FALSE_ACCEPTS)) if len(outside) else _ANSWER_BOUNDS[0]
    answer = float(np.clip(answer, *_ANSWER_BOUNDS))
    return np.array([min(float(np.quantile(confidence[inside], _FALSE_REJECTS)), answer), answer])


def _figures(confidence: Floats, inside: NDArray[np.bool_], right: NDArray[np.bool_], thresholds: Floats) -> Floats:
    clarify, answer = thresholds
    far = float((confidence[~inside] >= answer).mean()) if (~inside).any() else 0.0
    frr, answered = float((confidence[inside] < clarify).mean()), float((confidence[inside] >= answer).mean())
    counts = float(inside.sum()), float((~inside).sum())
    return np.array([*counts, float(right[inside].mean()), far, frr, answered, answer, clarify])


def _sigmoid(z: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))
