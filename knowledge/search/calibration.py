"""From votes to probabilities, a calibrated confidence, and answer / clarify / decline.

votes → P(topic), given that the question is inside the bank
votes, words of the question → confidence → outcome

Two small fits, made when the index is built and kept with it; neither knows how many topics there are:

1. a temperature: by how much a vote more makes a topic likelier;
2. a logistic regression, as Platt (1999) calibrates a classifier: the probability that the question is inside and the
   first candidate right.

Both see the bank's own questions and the negatives, each as a question that does not see itself among the passages.
The second also sees questions of the bank without the topic that they are about: then they are outside, and as near to
what is left as a question on the next subject is that no topic has.
Questions inside count as much as questions outside, however many there are of each: a small bank has few of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.errors import IndexCacheError
from knowledge.search.arrays import F64, I64, Arrays
from knowledge.search.unit_choice import Ranking
from knowledge.search.votes import Votes

AskOutcome = Literal["answer", "clarify", "decline"]

#: What real questions taught the logistic regression where there is an encoder: the weights of the votes for the first
#: topic and for "outside", the odds of the units, the votes of the unit that answers, the words that the topic has, the
#: character n-grams that the bank has, a term of the field that it lacks, and a constant. They come from 1,127
#: questions that are not in the bank (`epoch bench ask --teach`, `docs/retrieval.md`). The bank's own, each left out of
#: the passages, teach less: asks of one unit resemble each other more than what people type.
TAUGHT: Sequence[float] = (5.37, -9.84, 0.008, 4.48, 3.00, 2.55, -3.01, -5.26)
#: Strength of the logistic regression's regularisation without them.
_PENALTY = 1.0
#: Strength with which it is held to them, as a share of the questions.
_HELD = 0.2
#: Share of the questions outside that are bank questions asked without their topic, by weight.
_AWAY = 0.3
#: The answer threshold lets at most this share of the negatives through …
_FALSE_ACCEPTS = 0.1
#: … and the clarify threshold turns away at most this share of the bank's questions.
_FALSE_REJECTS = 0.02
#: Bounds of the answer threshold: without them an easy bank would answer at very low confidence, where "did you mean"
#: is better, and a bad one would never answer.
_ANSWER_BOUNDS = (0.25, 0.6)
#: Below this nothing is asked back, though more of the bank's own questions are turned away then: who asks how to bake
#: bread has not meant a topic.
_CLARIFY_LEAST = 0.1
_SIGNALS = 2 + Ranking.SIGNALS
_BOUNDS = (1.0, 60.0)


@dataclass(frozen=True, slots=True)
class FitReport:
    """Out-of-sample figures of a fit, each question left out of the passages; the thresholds are made from them."""

    questions: int
    negatives: int
    top1: float
    far: float
    frr: float
    answered: float
    answer_threshold: float
    clarify_threshold: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted numbers.

    Attributes:
        temperature: shape (1,).
        weights: of the signals of the votes, then of what is known of the words, then a constant.
        thresholds: clarify, answer.
        figures: those of `FitReport`, in its order.
    """

    temperature: F64
    weights: F64
    thresholds: F64
    figures: F64

    def probabilities(self, ranking: Ranking) -> F64:
        """Return P(topic), given that the question is inside, shape (questions, topics)."""
        return _softmax(self.temperature[0] * ranking.topics)

    def confidence(self, votes: Votes, ranking: Ranking, words: F64) -> F64:
        """Return the calibrated probability that each question is inside and its first candidate right.

        Args:
            votes: what the nearest passages say.
            ranking: what the units say.
            words: what is known of the words of each question, shape (questions, k).
        """
        return _sigmoid(signals(votes, ranking, words) @ self.weights)

    def outcome(self, confidence: float) -> AskOutcome:
        """Return what to do at this confidence."""
        clarify, answer = self.thresholds
        return "answer" if confidence >= answer else "clarify" if confidence >= clarify else "decline"

    @property
    def least(self) -> float:
        """The confidence below which a question is declined."""
        return float(self.thresholds[0])

    @property
    def report(self) -> FitReport:
        """The figures behind the thresholds."""
        questions, negatives, *rest = self.figures.tolist()
        return FitReport(int(questions), int(negatives), *rest)

    def arrays(self) -> Arrays:
        """Return what `restore` needs."""
        return {f"calibration.{field.name}": getattr(self, field.name) for field in fields(self)}

    @classmethod
    def restore(cls, arrays: Arrays, *, words: int) -> Calibration:
        """Rebuild it.

        Raises:
            IndexCacheError: the arrays have other shapes, or numbers that are none.
        """
        shapes = {
            "temperature": (1,),
            "weights": (_SIGNALS + words + 1,),
            "thresholds": (2,),
            "figures": (len(fields(FitReport)),),
        }
        for name, shape in shapes.items():
            value = arrays.get(f"calibration.{name}")
            if value is None or value.shape != shape or value.dtype != np.float64 or not np.isfinite(value).all():
                raise IndexCacheError(f"the calibration's {name} does not fit")
        return cls(**{name: cast(F64, arrays[f"calibration.{name}"]) for name in shapes})


def learn(seen: F64, good: NDArray[np.bool_]) -> F64:
    """Return the weights that questions teach, for `TAUGHT`; each counts the same.

    Args:
        seen: signals of questions that nobody took from the bank, shape (questions, k); see `signals`.
        good: whether each is inside.
    """
    scale = seen.std(axis=0)
    scale[scale == 0] = 1.0
    weights: F64 = _logistic(seen / scale, good, np.ones(len(good)), None) / scale
    return weights


def fit(
    votes: Votes, ranking: Ranking, words: F64, owners: I64, away: NDArray[np.bool_] | None = None,
    taught: Sequence[float] | None = None,
) -> Calibration:  # fmt: skip
    """Fit everything.

    Args:
        votes: of questions that did not see themselves.
        ranking: what the units say of them.
        words: what is known of their words, shape (questions, k).
        owners: place of each one's topic; the number of topics for outside.
        away: which of those outside are questions of the bank without their topic; None where none is. The thresholds
            are not made from them: what is left of the bank does answer some.
        taught: weights that real questions taught, from which these depart as far as the bank's own ones need; None for
            none.
    """
    topics = votes.topics.shape[1] - 1
    inside = owners < topics
    right = inside & (ranking.topics.argmax(axis=1) == owners)
    seen = signals(votes, ranking, words)
    apart = np.zeros(len(inside), np.bool_) if away is None else away
    weights = _logistic(seen, right, _even(inside, apart), taught)
    seen, inside, right = seen[~apart], inside[~apart], right[~apart]
    confidence = _sigmoid(seen @ weights)
    thresholds = _thresholds(confidence, inside)
    temperature = _temperature(ranking.topics[~apart][inside], owners[~apart][inside])
    figures = _figures(confidence, inside, right, thresholds)
    return Calibration(np.array([temperature]), weights, thresholds, figures)


def _even(inside: NDArray[np.bool_], away: NDArray[np.bool_]) -> F64:
    """Return the weight of each question: inside and outside have the same total, and the mean is one."""
    negatives = ~inside & ~away
    parts = [(inside, 0.5), (away, 0.5 * (_AWAY if negatives.any() else 1.0)), (negatives, 0.5)]
    if away.any():
        parts[2] = (negatives, 0.5 * (1 - _AWAY))
    counts = np.zeros(len(inside))
    for rows, share in parts:
        counts[rows] = share / max(int(rows.sum()), 1)
    return counts * (len(counts) / counts.sum()) if counts.any() else counts


def signals(votes: Votes, ranking: Ranking, words: F64) -> F64:
    """Return what confidence is made from, shape (questions, k), in the order of `TAUGHT`; the last is a constant."""
    of_votes = np.stack([votes.topics[:, :-1].max(axis=1), votes.topics[:, -1]], axis=1)
    return np.concatenate([of_votes, ranking.signals, words, np.ones((len(words), 1))], axis=1)


def _softmax(utility: F64) -> F64:
    odds = np.exp(utility - utility.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float64)


def _temperature(votes: F64, owners: I64) -> float:
    """Return the temperature that maximises the likelihood of the right topics."""
    from scipy.optimize import minimize_scalar

    if not len(votes):
        return _BOUNDS[0]
    rows = np.arange(len(votes))

    def loss(factor: float) -> float:
        return float(-np.log(_softmax(factor * votes)[rows, owners] + 1e-300).sum())

    return float(minimize_scalar(loss, bounds=_BOUNDS, method="bounded").x)


def _logistic(seen: F64, right: NDArray[np.bool_], counts: F64, taught: Sequence[float] | None) -> F64:
    """Fit the calibrator by penalised likelihood, weighted by question.

    What is penalised is the distance from the weights that were `taught`, each by how much its signal varies; without
    any it is the weights themselves but for the intercept.
    """
    from scipy.optimize import minimize

    sign = np.where(right, 1.0, -1.0)
    if taught is None:
        start, penalty = np.zeros(seen.shape[1]), np.full(seen.shape[1], _PENALTY)
        penalty[-1] = 0.01
    else:
        start, penalty = np.array(taught), _HELD * counts.sum() * seen.var(axis=0)
        penalty[-1] = _HELD * counts.sum()

    def loss(w: F64) -> tuple[float, F64]:
        margin, moved = sign * (seen @ w), w - start
        value = counts @ np.logaddexp(0, -margin) + penalty @ (moved * moved) / 2
        return float(value), -(seen.T @ (counts * sign * _sigmoid(-margin))) + penalty * moved

    return cast(F64, minimize(loss, start, jac=True, method="L-BFGS-B").x)


def _thresholds(confidence: F64, inside: NDArray[np.bool_]) -> F64:
    """Return (clarify, answer)."""
    outside = confidence[~inside]
    answer = float(np.quantile(outside, 1 - _FALSE_ACCEPTS)) if len(outside) else _ANSWER_BOUNDS[0]
    answer = float(np.clip(answer, *_ANSWER_BOUNDS))
    clarify = max(float(np.quantile(confidence[inside], _FALSE_REJECTS)), _CLARIFY_LEAST)
    return np.array([min(clarify, answer), answer])


def _figures(confidence: F64, inside: NDArray[np.bool_], right: NDArray[np.bool_], thresholds: F64) -> F64:
    clarify, answer = thresholds
    far = float((confidence[~inside] >= answer).mean()) if (~inside).any() else 0.0
    frr, answered = float((confidence[inside] < clarify).mean()), float((confidence[inside] >= answer).mean())
    counts = float(inside.sum()), float((~inside).sum())
    return np.array([*counts, float(right[inside].mean()), far, frr, answered, answer, clarify])


def _sigmoid(z: F64) -> F64:
    return np.asarray(1 / (1 + np.exp(-np.clip(z, -500, 500))), np.float64)
