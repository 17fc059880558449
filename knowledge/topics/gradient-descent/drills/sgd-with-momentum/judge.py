"""Judge of SGD with momentum."""

import numpy as np


def reference(w, grads, lrs, momentum, nesterov):
    """Written out: the velocity after step t is the sum of m^(t−s) · g[s] over s ≤ t."""
    steps = len(grads)
    powers = np.array([[momentum ** (t - s) if s <= t else 0.0 for s in range(steps)] for t in range(steps)])
    velocities = np.tensordot(powers, grads, axes=1)
    moves = grads + momentum * velocities if nesterov else velocities
    rates = np.reshape(lrs, (steps, *[1] * w.ndim))
    return w - np.cumsum(rates * moves, axis=0), velocities[-1]


def probes(rng):
    """Return the inputs of each check, small ones first."""

    def one(steps, shape, momentum, nesterov=False, lr=0.1):
        rates = np.full(steps, lr) if lr else 0.5 * rng.permutation(np.arange(1, steps + 1)) / steps
        return rng.normal(size=shape), rng.normal(size=(steps, *shape)), rates, momentum, nesterov

    return {
        "shapes": [one(2, (3,), 0.9), one(4, (2, 3), 0.5, True)],
        "first": [one(1, (2,), 0.9, lr=0.5), one(1, (2, 3), 0.5, lr=1.5)],
        "momentum": [one(2, (1,), 0.5), one(4, (3,), 0.9), one(5, (2, 3), 0.7, lr=0.3)],
        "velocity": [one(2, (1,), 0.5), one(5, (3, 2), 0.9, lr=0.2), one(3, (2,), 0.8, True)],
        "schedule": [one(3, (2,), 0.9, lr=None), one(5, (2, 4), 0.6, lr=None), one(6, (3,), 1.0, lr=None)],
        "nesterov": [one(1, (2,), 0.5, True), one(3, (2,), 0.9, True, lr=0.4), one(5, (2, 3), 0.7, True, lr=None)],
        "none": [one(2, (3,), 0.0), one(4, (3, 2), 0.0, True, lr=None)],
    }


def _near(given, wanted):
    return np.shape(given) == wanted.shape and np.allclose(given, wanted, rtol=1e-6, atol=1e-6)


def holds_shapes(arguments, given):
    """Only the shapes count."""
    return [np.shape(each) for each in given] == [arguments[1].shape, arguments[0].shape]


def holds_momentum(arguments, given):
    """Only the path counts."""
    return len(given) == 2 and _near(given[0], reference(*arguments)[0])


holds_schedule = holds_nesterov = holds_none = holds_momentum


def holds_velocity(arguments, given):
    """Only the velocity counts."""
    return len(given) == 2 and _near(given[1], reference(*arguments)[1])
