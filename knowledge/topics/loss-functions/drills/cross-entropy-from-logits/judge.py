"""Judge of cross-entropy from logits with its gradient."""
import math

import numpy as np


def reference(logits, targets, ignore=-100):
    """Row by row and number by number; a loss is log(1 + sum of exp(z_j - z_t)), taken from the largest power."""
    n, c = logits.shape
    counted = [i for i in range(n) if targets[i] != ignore]
    total, grad = [], np.zeros((n, c))
    for i in counted:
        gaps = [float(z - logits[i, targets[i]]) for z in logits[i]]
        top = max(gaps)
        total.append(top + math.log(math.fsum(math.exp(gap - top) for gap in gaps)))
        for j in range(c):
            hot = 1.0 if j == targets[i] else 0.0
            grad[i, j] = (math.exp(gaps[j] - total[-1]) - hot) / len(counted)
    return math.fsum(total) / len(counted), grad


def _two(given):
    return isinstance(given, (tuple, list)) and len(given) == 2


def holds_shape(arguments, given):
    """Two values: a number, and an array like the logits."""
    return _two(given) and np.size(given[0]) == 1 and np.shape(given[1]) == arguments[0].shape


def holds_loss(arguments, given):
    """The loss alone, so that a wrong gradient shows in its own check."""
    return _two(given) and np.size(given[0]) == 1 and np.allclose(given[0], reference(*arguments)[0], 1e-6, 1e-6)


def _batch(rng, n, c, scale=1.0):
    return scale * rng.normal(size=(n, c)), rng.integers(c, size=n)


def probes(rng):
    """Return the inputs of each check."""
    some, answers = _batch(rng, 5, 3)
    answers[1] = answers[4] = -100
    few, marked = _batch(rng, 4, 6)
    marked[:3] = -1
    third, classes = _batch(rng, 6, 4)
    classes[:] = [0, 3, 2, 3, 1, 3]
    return {
        "shape": [_batch(rng, 1, 2), _batch(rng, 2, 3), _batch(rng, 4, 3)],
        "loss": [
            (np.zeros((1, 3)), np.array([2])),
            _batch(rng, 1, 4),
            _batch(rng, 2, 3),
            _batch(rng, 5, 4, 3.0),
        ],
        "gradient": [
            (np.zeros((1, 2)), np.array([0])),
            _batch(rng, 1, 4),
            _batch(rng, 3, 2),
            _batch(rng, 5, 4, 3.0),
            _batch(rng, 2, 7),
        ],
        "large": [
            (np.array([[1000.0, 1001.0, 999.0]]), np.array([1])),
            (np.array([[-3000.0, -3001.0, -3002.0, -2999.5]]), np.array([0])),
            (np.array([[-3000.0, -3001.0, -3002.0], [4000.0, 4002.0, 4001.0]]), np.array([0, 2])),
        ],
        "wrong": [
            (np.array([[0.0, 60.0]]), np.array([0])),
            (np.array([[0.0, 900.0, 4.0]]), np.array([0])),
            (np.array([[2500.0, -100.0, 0.0]]), np.array([1])),
        ],
        "ignored": [
            (np.array([[0.5, -1.0], [2.0, 1.0], [0.0, 1.0]]), np.array([1, -100, 0])),
            (some, answers),
            (few, marked, -1),
            (third, classes, 3),
        ],
    }
