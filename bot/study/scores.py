"""What a learner would score if they were asked now, or on a day to come, and how sure that is; topic by topic.

An item or a drill is answered right with the chance of `bot.study.plan`. The uncertain part of that chance is whether
the learner knows an item without having studied it: a Beta posterior that all items of a topic and kind share. Its
errors are taken as fully correlated within a topic and kind, and as independent between them. The interval is the 80
% interval of a Beta distribution with the same mean and deviation; it leaves out any error of FSRS's own predictions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.study.plan import DAY, DRILL, Outlooks, Piece

#: The share of cases that an interval is to hold.
_HOLDS = 0.8


@dataclass(frozen=True, slots=True)
class ExpectedScore:
    """The share of questions answered right that is to be expected, and the interval that it lies in; all 0 to 1."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TopicScore:
    """What is to be expected of one topic.

    Attributes:
        slug: of the topic.
        score: over all its items and drills.
        seen: how many of these were answered.
        pieces: how many there are.
        drills: how many drills were passed, the last time they were tried.
        all_drills: how many drills there are.
    """

    slug: str
    score: ExpectedScore
    seen: int
    pieces: int
    drills: int
    all_drills: int


@dataclass(frozen=True, slots=True)
class ExpectedScores:
    """What is to be expected of the bank.

    Attributes:
        today: if all of it were asked now.
        days: how far away the day is; None where there is none.
        on_day: if all of it were asked then, with nothing studied before.
        begun: topics with an answer, those first of which most is to be expected.
    """

    today: ExpectedScore
    days: int | None
    on_day: ExpectedScore | None
    begun: tuple[TopicScore, ...]


def scores(found: Outlooks, days: int | None = None) -> ExpectedScores:
    """Return what is to be expected now, and so many days ahead."""
    today = replace(found, day=found.now)
    topics: dict[str, list[Piece]] = {}
    for piece in found.everything:
        topics.setdefault(piece.topic, []).append(piece)
    begun = [_topic(today, slug, every) for slug, every in topics.items()]
    begun = sorted((each for each in begun if each.seen), key=lambda each: (-each.score.mean, each.slug))
    then = None if days is None else score(replace(found, day=found.now + days * DAY), found.everything)
    return ExpectedScores(score(today, found.everything), days, then, tuple(begun))


def _topic(today: Outlooks, slug: str, every: list[Piece]) -> TopicScore:
    drills = [piece for piece in every if piece.kind == DRILL]
    passed = sum(piece.key in today.memories and bool(today.memories[piece.key].last) for piece in drills)
    seen = sum(piece.key in today.memories for piece in every)
    return TopicScore(slug, score(today, every), seen, len(every), passed, len(drills))


def score(found: Outlooks, asked: Iterable[Piece]) -> ExpectedScore:
    """Return what is to be expected of some pieces on the day of the outlooks."""
    chances = 0.0
    weights: dict[tuple[str, str], float] = {}
    count = 0
    for piece in asked:
        count += 1
        chances += found.chance(piece)
        group = (piece.topic, piece.kind)
        weights[group] = weights.get(group, 0.0) + found.leverage(piece)
    if not count:
        return ExpectedScore(0.0, 0.0, 0.0)
    variance = sum((weight * found.beliefs.of(*group).deviation) ** 2 for group, weight in weights.items()) / count**2
    return _interval(chances / count, variance)


def _interval(mean: float, variance: float) -> ExpectedScore:
    from scipy.stats import beta

    if not 0 < mean < 1 or variance <= 0:
        return ExpectedScore(mean, mean, mean)
    size = mean * (1 - mean) / variance - 1
    if size <= 0 or not math.isfinite(size):
        return ExpectedScore(mean, 0.0, 1.0)
    low, high = beta.ppf(((1 - _HOLDS) / 2, (1 + _HOLDS) / 2), mean * size, (1 - mean) * size)
    return ExpectedScore(mean, float(low), float(high))
