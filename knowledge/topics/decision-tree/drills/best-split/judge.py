"""Judge of the best split of a decision tree."""
from fractions import Fraction

import numpy as np


def _candidates(x, y):
    """Return (score, feature, threshold) of every candidate, the score as an exact fraction."""
    found = []
    for feature in range(x.shape[1]):
        values = sorted(set(x[:, feature].tolist()))
        for low, high in zip(values, values[1:]):
            sides = [[], []]
            for value, label in zip(x[:, feature].tolist(), y.tolist()):
                sides[value > low].append(label)
            score = sum(len(side) - sum(Fraction(side.count(c) ** 2, len(side)) for c in set(side)) for side in sides)
            found.append((score / len(y), feature, (low + high) / 2))
    return found


def reference(x, y):
    """The least of the candidates in exact arithmetic: tuples carry the rule for ties."""
    found = _candidates(x, y)
    if not found:
        return None
    score, feature, threshold = min(found)
    return feature, threshold, float(score)


def _clear(rng, n, d, classes, levels=None):
    """Samples whose best split is no tie, as the score of a tie would hang on rounding."""
    while True:
        x = rng.normal(size=(n, d)) if levels is None else rng.integers(-levels, levels + 1, size=(n, d)).astype(float)
        y = rng.integers(classes, size=n)
        scores = sorted(score for score, _, _ in _candidates(x, y))
        if len(scores) > 1 and scores[0] < scores[1]:
            return x, y


def probes(rng):
    """Return the inputs of each check."""
    shift = float(rng.integers(-5, 6))
    # One row cut off is pure, and a plain mean of both sides likes that; the weighted one cuts in the middle.
    uneven = np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0]]) + shift
    mixed = np.array([0, 0, 1, 0, 1, 1, 0, 1])
    # Ties are of sides of 1, 2 or 4 rows: their shares, and so their scores, are exact however they are computed.
    twice = np.array([[3.0, 1.0, 3.0], [0.0, 1.0, 0.0], [2.0, 1.0, 2.0], [1.0, 1.0, 1.0]])
    return {
        "one_feature": [
            (np.array([[1.0], [2.0]]), np.array([0, 1])),
            (np.array([[4.0], [-1.0], [2.0]]) + shift, np.array([1, 0, 1])),
            _clear(rng, 6, 1, 2),
            _clear(rng, 9, 1, 2),
        ],
        "features": [
            (np.array([[0.0, 5.0], [3.0, 6.0], [1.0, 9.0], [2.0, 8.0]]), np.array([0, 0, 1, 1])),
            _clear(rng, 7, 2, 2),
            _clear(rng, 8, 3, 2),
        ],
        "uneven": [
            (uneven, mixed),
            (uneven[:5], np.array([1, 0, 1, 0, 0])),
            _clear(rng, 11, 2, 2),
        ],
        "classes": [
            (np.array([[0.0], [1.0], [2.0], [3.0], [4.0]]), np.array([0, 0, 2, 2, 7])),
            _clear(rng, 9, 2, 3),
            _clear(rng, 12, 3, 5),
        ],
        "repeated": [
            (np.array([[1.0], [1.0], [1.0], [2.0], [2.0]]), np.array([0, 0, 1, 1, 1])),
            (np.array([[0.0, -2.0], [0.0, -1.0], [0.0, -2.0], [0.0, -1.0], [0.0, -1.0]]), np.array([1, 0, 0, 2, 2])),
            _clear(rng, 10, 3, 3, levels=1),
        ],
        "ties": [
            (np.array([[1.0], [2.0], [3.0], [4.0], [5.0]]), np.array([1, 0, 0, 0, 1])),
            (twice, np.array([1, 0, 1, 0])),
            (np.array([[0.0, 4.0], [1.0, 1.0]]) + shift, np.array([2, 2])),
            (np.array([[2.0, -2.0], [5.0, -5.0], [1.0, -1.0], [4.0, -4.0], [3.0, -3.0]]), np.array([0, 1, 1, 0, 0])),
        ],
        "no_split": [
            (np.array([[2.0]]), np.array([1])),
            (np.array([[2.0, -1.0], [2.0, -1.0], [2.0, -1.0]]), np.array([0, 1, 1])),
        ],
    }
