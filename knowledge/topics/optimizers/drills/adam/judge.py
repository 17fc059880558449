"""Judge of one step of Adam with decoupled weight decay."""

import math

import numpy as np


def reference(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    """Number by number; the weights shrink first and then move, as PyTorch does it."""
    new_w, new_m, new_v = (np.empty(w.shape) for _ in range(3))
    for place in np.ndindex(*w.shape):
        first = m[place] + (1 - beta1) * (g[place] - m[place])
        second = v[place] + (1 - beta2) * (g[place] * g[place] - v[place])
        rate = lr / (1 - math.pow(beta1, t))
        denominator = math.sqrt(second) / math.sqrt(1 - math.pow(beta2, t)) + eps
        new_w[place] = w[place] * (1 - lr * weight_decay) - rate * first / denominator
        new_m[place], new_v[place] = first, second
    return new_w, new_m, new_v


def probes(rng):
    """Return the inputs of each check, small ones first."""

    def one(shape, t, lr=0.1, beta1=0.9, beta2=0.99, eps=1e-8, weight_decay=0.0):
        w, g, m = (rng.normal(size=shape) for _ in range(3))
        return w, g, m * (t > 1), 0.5 * rng.random(shape) * (t > 1), t, lr, beta1, beta2, eps, weight_decay

    def still(shape, t, eps, weight_decay=0.0):
        w, _, m, v, *rest = one(shape, t, eps=eps, weight_decay=weight_decay)
        return w, np.zeros(shape), m, v, *rest

    return {
        "shapes": [one((3,), 1), one((2, 3), 4, weight_decay=0.1)],
        "moments": [one((2,), 1), one((2, 3), 5, beta1=0.7, beta2=0.8), one((3,), 2, beta1=0.5, beta2=0.3)],
        "first": [one((1,), 1), one((3,), 1, lr=0.3, beta1=0.8, beta2=0.7), one((2, 3), 1, lr=1.0, beta1=0.0)],
        "later": [one((2,), 2), one((3,), 3, lr=0.5, beta1=0.6, beta2=0.9), one((2, 3), 7), one((2,), 5000, lr=0.7)],
        "eps": [one((2,), 1, lr=0.5, eps=0.3), one((3, 2), 4, eps=1.0), one((3,), 2, lr=1.0, eps=0.05, beta2=0.6)],
        "zero": [still((2,), 1, 1e-8), still((3,), 1, 0.1), still((2, 3), 3, 1e-8)],
        "decay": [one((2,), 1, weight_decay=0.5), one((2, 3), 4, lr=0.3, weight_decay=0.2), still((3,), 1, 1e-8, 0.1)],
    }


def _near(given, wanted):
    return np.shape(given) == wanted.shape and np.allclose(given, wanted, rtol=1e-6, atol=1e-6)


def holds_shapes(arguments, given):
    """Only the shapes count."""
    return len(given) == 3 and all(np.shape(each) == arguments[0].shape for each in given)


def holds_moments(arguments, given):
    """Only the moments count."""
    return len(given) == 3 and all(_near(given[k], reference(*arguments)[k]) for k in (1, 2))


def holds_first(arguments, given):
    """Only the parameters count."""
    return len(given) == 3 and _near(given[0], reference(*arguments)[0])


holds_later = holds_eps = holds_zero = holds_first
