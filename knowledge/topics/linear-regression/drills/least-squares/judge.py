"""Judge of linear regression by normal equations and by gradient descent."""
import numpy as np


def reference(x, y, lr, steps):
    """The exact fit from a QR decomposition; descent sample by sample, with the intercept kept apart."""
    n, d = x.shape
    q, r = np.linalg.qr(np.hstack([np.ones((n, 1)), x]))
    exact = np.linalg.solve(r, q.T @ y)
    intercept, weights = 0.0, [0.0] * d
    for _ in range(steps):
        of_intercept, of_weights = 0.0, [0.0] * d
        for row, right in zip(x.tolist(), y.tolist()):
            residual = intercept + sum(w * value for w, value in zip(weights, row)) - right
            of_intercept += 2 * residual / n
            of_weights = [g + 2 * residual * value / n for g, value in zip(of_weights, row)]
        intercept -= lr * of_intercept
        weights = [w - lr * g for w, g in zip(weights, of_weights)]
    return exact, np.array([intercept, *weights])


def _two(given):
    return isinstance(given, (tuple, list)) and len(given) == 2


def _right(given, right):
    return np.shape(given) == right.shape and np.allclose(given, right, 1e-6, 1e-6)


def holds_shape(arguments, given):
    """Two arrays of one parameter more than there are features."""
    wanted = (arguments[0].shape[1] + 1,)
    return _two(given) and np.shape(given[0]) == wanted and np.shape(given[1]) == wanted


def holds_exact(arguments, given):
    """The first of the two."""
    return _two(given) and _right(given[0], reference(*arguments)[0])


def holds_one_step(arguments, given):
    """The second of the two."""
    return _two(given) and _right(given[1], reference(*arguments)[1])


holds_zero_steps = holds_one_step


def _data(rng, n, d, offset=0.0):
    x = rng.normal(size=(n, d))
    return x, x @ rng.normal(size=d) + offset + 0.5 * rng.normal(size=n)


def probes(rng):
    """Return the inputs of each check."""
    far, low = _data(rng, 8, 3, offset=-40.0)
    return {
        "shape": [(*_data(rng, 4, 1), 0.1, 1), (*_data(rng, 5, 3), 0.1, 2)],
        "exact": [
            (np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 6.0]), 0.1, 1),
            (*_data(rng, 7, 2), 0.1, 1),
            (*_data(rng, 9, 4), 0.05, 2),
        ],
        "intercept": [
            (np.array([[-1.0], [0.0], [1.0]]), np.array([99.0, 100.0, 101.5]), 0.1, 0),
            (far + 5.0, low, 0.01, 0),
        ],
        "zero_steps": [(*_data(rng, 5, 2, 3.0), 0.1, 0)],
        "one_step": [
            (np.array([[0.0], [1.0], [3.0]]), np.array([1.0, 2.0, -4.0]), 0.5, 1),
            (*_data(rng, 6, 2, 1.0), 0.1, 1),
        ],
        "few_steps": [
            (np.array([[0.5], [2.0]]), np.array([1.0, -2.0]), 0.25, 2),
            (*_data(rng, 6, 2, -2.0), 0.1, 5),
            (*_data(rng, 8, 3, 1.0), 0.03, 12),
        ],
        "converged": [(np.array([[-1.0], [0.0], [1.0], [2.0]]), np.array([2.0, -1.0, 0.5, 4.0]), 0.3, 90)],
    }
