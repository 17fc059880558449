"""Judge of the area under the ROC curve."""
import numpy as np


def reference(labels, scores):
    """Pair by pair."""
    positives = [score for label, score in zip(labels.tolist(), scores.tolist()) if label == 1]
    negatives = [score for label, score in zip(labels.tolist(), scores.tolist()) if label == 0]
    if not positives or not negatives:
        return None
    won = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)
    return won / (len(positives) * len(negatives))


def _labels(rng, n, positives):
    return rng.permutation(np.arange(n) < positives).astype(int)


def _apart(rng, n, positives, scale=1.0):
    """Scores without ties, somewhat higher for positives."""
    labels = _labels(rng, n, positives)
    return labels, scale * (rng.normal(size=n) + 0.8 * labels)


def _in_steps(rng, n, positives):
    """Scores of a few levels, so that ties within and between the classes abound."""
    labels = _labels(rng, n, positives)
    return labels, (rng.integers(0, 3, size=n) + labels) / 4


def probes(rng):
    """Return the inputs of each check."""
    ordered = np.array([1, 1, 1, 0, 0, 0, 0]), np.array([0.5, 0.5, 0.7, 0.5, 0.5, 0.1, 0.7])
    turn = rng.permutation(7)
    return {
        "small": [
            (np.array([0, 1]), np.array([0.2, 0.9])),
            (np.array([0, 1]), np.array([0.9, 0.2])),
            (np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])),
            (np.array([1, 0, 0]), np.array([0.4, 0.1, 0.7])),
        ],
        "values": [_apart(rng, 7, 3, 0.1), _apart(rng, 12, 5), _apart(rng, 40, 22)],
        "ties": [
            (np.array([1, 0]), np.array([0.5, 0.5])),
            (np.array([0, 1, 0, 1, 1]), np.array([0.3, 0.3, 0.6, 0.6, 0.3])),
            (np.array([0, 0, 1, 0]), np.full(4, 0.25)),
            _in_steps(rng, 9, 4),
            _in_steps(rng, 30, 11),
        ],
        "order": [ordered, tuple(each[::-1].copy() for each in ordered), tuple(each[turn] for each in ordered)],
        "range": [
            (np.array([0, 1, 1]), np.array([-3.0, -2.0, -7.0])),
            _apart(rng, 8, 3, 1000.0),
            (_labels(rng, 6, 2), 5 + 1e-3 * rng.permutation(6)),
        ],
        "imbalanced": [_apart(rng, 9, 1), _apart(rng, 9, 8), _apart(rng, 60, 3)],
        "one_class": [
            (np.array([1, 1, 1]), np.array([0.1, 0.8, 0.3])),
            (np.array([0, 0]), np.array([0.1, 0.8])),
            (np.array([1]), np.array([0.4])),
        ],
    }
