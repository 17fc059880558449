"""What the passages nearest to a question say of it: for each topic, for each unit, and for "outside the bank".

nearest passages → kernel ridge regression over them alone → weights of their labels → votes
votes of a unit + how like the question its own text is → the unit that answers → its topic ranks higher

Kernel ridge regression (Saunders et al. 1998) tells how much of a question each passage explains that the others do
not: ten passages with the same everyday words count little more than one. Solved over all passages it takes the cube of
their number; over the nearest alone (as geostatistics does it: kriging in a moving neighbourhood) it takes none of the
others, and on the labelled questions it is as good: top-1 .96 over all of 9,000 passages, .96 over the nearest 64.

Paraphrases say which topic is meant; which part of its page answers is told by that part's own text as well. On
questions that were written for one unit each, .64 of the units were right by votes alone, .70 with both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.search.arrays import F32, F64, I64
from knowledge.search.index import Nearest, PassageIndex, Query

#: How many passages take part. With half as many the figures fall, with twice as many they stay as they are.
NEIGHBOURS = 64
#: Strength of the regularisation, and a constant in the kernel: what all questions have in common.
_RIDGE, _BIAS = 0.2, 0.05
#: What the likeness of a unit's own text counts where topics are ranked: more than this costs questions whose topic the
#: paraphrases know.
_OWN_TEXT = 0.25


@dataclass(frozen=True, slots=True)
class Votes:
    """What is said of some questions; votes lie about between 0 and 1 and sum to about 1.

    Attributes:
        topics: shape (questions, topics + 1); "outside" comes last.
        units: shape (questions, units).
        nearest: the score of the nearest passage, shape (questions,).
        answers: a unit's votes and the best score of its own paragraphs, shape (questions, units): the most answers.
        ranking: a topic's votes and those of its best unit, shape (questions, topics): the most is the first candidate.
    """

    topics: F64
    units: F64
    nearest: F64
    answers: F64
    ranking: F64


def votes(
    index: PassageIndex,
    queries: Sequence[Query],
    vectors: F32 | None,
    units: int,
    hidden: Sequence[I64] | None = None,
) -> Votes:
    """Return the votes of the passages nearest to each question.

    Args:
        index: the passages.
        queries: the questions.
        vectors: the encoder's, one a question; None where there is no encoder.
        units: how many units the bank has.
        hidden: for each question the passages that it must not see.
    """
    found = index.nearest(queries, vectors, NEIGHBOURS, hidden)
    of_topics = np.zeros((len(queries), index.topics + 1))
    of_units = np.zeros((len(queries), units))
    for row, near in enumerate(found):
        weights = _weights(near)
        of_topics[row] = np.bincount(index.owners[near.ids], weights, index.topics + 1)
        places = index.units[near.ids]
        known = places >= 0
        of_units[row] = np.bincount(places[known], weights[known], units)
    nearest = np.array([near.scores.max(initial=0.0) for near in found])
    own = np.zeros((len(queries), units))
    best = np.zeros((len(queries), index.topics))
    for row, near in enumerate(found):
        paragraphs = index.paragraphs[near.compared]
        np.maximum.at(own[row], index.units[near.compared[paragraphs]], near.compared_scores[paragraphs])
        size = len(index.unit_owners)
        np.maximum.at(best[row], index.unit_owners, of_units[row, :size] + _OWN_TEXT * own[row, :size])
    return Votes(of_topics, of_units, nearest, of_units + own, of_topics[:, :-1] + best)


def _weights(near: Nearest) -> F64:
    """Return how much of the question each passage explains."""
    kernel = near.kernel + _BIAS
    kernel[np.diag_indices_from(kernel)] += _RIDGE
    return np.asarray(np.linalg.solve(kernel, near.scores + _BIAS), np.float64)
