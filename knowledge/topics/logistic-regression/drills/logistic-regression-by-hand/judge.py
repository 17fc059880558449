"""Judge of logistic regression by gradient descent with an L2 penalty."""
import math

import numpy as np


def reference(x, y, lr, steps, l2=0.0):
    """Sample by sample with the standard library."""
    n, d = x.shape
    w, b, losses = [0.0] * d, 0.0, []
    for _ in range(steps):
        loss, of_w, of_b = [], [0.0] * d, 0.0
        for row, label in zip(x.tolist(), y.tolist()):
            z = b + sum(each * value for each, value in zip(w, row))
            margin = z if label == 1 else -z
            small = math.exp(-abs(z))
            loss.append(math.log1p(small) + max(-margin, 0.0))
            error = (1 if z >= 0 else small) / (1 + small) - label
            of_b += error / n
            of_w = [g + error * value / n for g, value in zip(of_w, row)]
        losses.append(math.fsum(loss) / n + l2 / 2 * sum(each * each for each in w))
        w = [each - lr * (g + l2 * each) for each, g in zip(w, of_w)]
        b -= lr * of_b
    return np.array(w), b, np.array(losses)


def _three(given):
    return isinstance(given, (tuple, list)) and len(given) == 3


def _close(given, right):
    right = np.asarray(right)
    fits = np.shape(given) == right.shape or np.size(given) == right.size == 1
    return fits and np.allclose(given, right, 1e-6, 1e-6)


def holds_shape(arguments, given):
    """Weights as features, one intercept, a loss for every step."""
    x, _, _, steps = arguments
    if not _three(given):
        return False
    w, b, losses = given
    return np.shape(w) == x.shape[1:] and np.size(b) == 1 and np.shape(losses) == (steps,)


def holds_many_steps(arguments, given):
    """Weights and intercept, whatever the losses are."""
    w, b, _ = reference(*arguments)
    return _three(given) and _close(given[0], w) and _close(given[1], b)


def holds_edge(arguments, given):
    """Weights and intercept, and as many losses as steps."""
    return holds_many_steps(arguments, given) and np.shape(given[2]) == (arguments[3],)


holds_one_step = holds_many_steps


def _data(rng, n, d, shift=0.0):
    x = rng.normal(size=(n, d)) + shift
    y = (x.sum(axis=1) + rng.normal(size=n) > x.sum(axis=1).mean()).astype(int)
    y[0], y[1] = 0, 1
    return x, y


def probes(rng):
    """Return the inputs of each check."""
    huge = np.array([[3000.0, -1.0], [-2000.0, 2.0], [2500.0, 0.5], [-900.0, 1.5], [1.0, 4000.0]])
    return {
        "shape": [(*_data(rng, 3, 1), 0.1, 2), (*_data(rng, 5, 3), 0.1, 4)],
        "one_step": [
            (np.array([[1.0], [2.0], [4.0]]), np.array([0, 1, 1]), 0.5, 1),
            (*_data(rng, 5, 2), 0.3, 1),
        ],
        "many_steps": [
            (np.array([[1.0], [2.0], [-3.0]]), np.array([1, 0, 1]), 0.5, 2),
            (*_data(rng, 6, 2, 0.5), 0.4, 7),
            (*_data(rng, 9, 4, -1.0), 0.2, 12),
        ],
        "losses": [
            (np.array([[1.0], [2.0], [-3.0]]), np.array([1, 0, 1]), 0.5, 2),
            (*_data(rng, 5, 3, 0.5), 0.7, 6),
            (*_data(rng, 6, 2, -0.5), 0.5, 4, 0.8),
        ],
        "penalty": [
            (np.array([[1.0], [2.0], [-3.0]]), np.array([1, 1, 0]), 1.0, 3, 0.5),
            (*_data(rng, 6, 2, 1.0), 0.4, 8, 0.3),
            (*_data(rng, 5, 3, -1.0), 0.3, 5, 1.7),
        ],
        "large": [
            (np.array([[40.0], [-60.0]]), np.array([1, 0]), 1.0, 3),
            (huge, np.array([1, 0, 0, 1, 0]), 0.01, 4),
            (huge, np.array([0, 1, 1, 0, 1]), 1.0, 3),
        ],
        "edge": [
            (*_data(rng, 3, 2), 0.5, 0),
            (np.array([[2.0, -1.0]]), np.array([1]), 0.5, 3),
            (np.array([[1.0], [-2.0]]), np.array([0, 0]), 0.5, 3),
        ],
    }
