"""Judge of the normalised discounted cumulative gain."""
import math

import numpy as np


def reference(relevance, scores, k):
    """Place by place with the standard library."""
    pairs = sorted(enumerate(scores.tolist()), key=lambda pair: (-pair[1], pair[0]))
    grades = relevance.tolist()
    gained = _dcg([grades[i] for i, _ in pairs], k)
    ideal = _dcg(sorted(grades, reverse=True), k)
    return gained / ideal if ideal else 0.0


def _dcg(grades, k):
    return math.fsum((2**grade - 1) / math.log(place + 1, 2) for place, grade in enumerate(grades, 1) if place <= k)


def _ranking(rng, *grades, n):
    """At least these grades among n documents, with distinct scores around zero."""
    scores = rng.permutation(n) - n / 2 + rng.uniform(0, 0.5, size=n)
    return np.array([*grades, *rng.integers(4, size=n - len(grades))]), scores


def _missed(rng, n):
    """Most of what is relevant is ranked behind the first three."""
    grades = np.array([1, 0, 1, *(2 + rng.integers(2, size=n - 3))])
    return grades, -np.sort(rng.normal(size=n) * 3 + np.arange(n))


def probes(rng):
    """Return the inputs of each check."""
    # Few levels and many documents: equal scores everywhere, of different relevance.
    many, levels = rng.integers(4, size=40), rng.integers(-1, 2, size=40) / 2
    return {
        "small": [
            (np.array([0, 1]), np.array([0.9, 0.1]), 2),
            (np.array([1, 0, 1]), np.array([0.2, 0.5, 0.9]), 3),
            (np.array([0, 1, 1]), np.array([0.3, 0.1, 0.2]), 1),
        ],
        "graded": [
            (np.array([3, 2]), np.array([0.1, 0.4]), 2),
            (np.array([3, 2, 3, 0, 1, 2]), np.array([6.0, 5.0, 4.0, 3.0, 2.0, 1.0]), 6),
            (*_ranking(rng, 0, 3, 1, n=7), 7),
        ],
        "cut": [
            (np.array([0, 2, 1]), np.array([3.0, 2.0, 1.0]), 1),
            (np.array([1, 2, 3, 0]), np.array([-1.0, -2.0, -4.0, -3.0]), 2),
            (*_ranking(rng, 2, 3, n=9), 4),
            # perfect as far as it goes
            (np.array([3, 2, 2, 1]), np.array([9.0, 7.0, 5.0, 3.0]), 2),
        ],
        "ideal": [(*_missed(rng, 6), 3), (*_missed(rng, 8), 2), (np.array([0, 0, 1]), np.array([2.0, 1.0, 0.0]), 2)],
        "large_k": [
            (np.array([0, 1]), np.array([0.5, 0.2]), 5),
            (np.array([1]), np.array([-3.0]), 3),
            (*_ranking(rng, 0, 2, n=5), 20),
        ],
        "ties": [
            (np.array([0, 1]), np.array([0.5, 0.5]), 2),
            (np.array([2, 0, 3, 1]), np.array([0.5, 0.7, 0.5, 0.5]), 3),
            (many, levels, 30),
        ],
        "nothing": [(np.array([0]), np.array([1.0]), 1), (np.array([0, 0, 0]), np.array([0.1, 0.3, 0.2]), 2)],
    }
