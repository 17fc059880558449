"""Judge of a stable softmax."""
import math

import numpy as np


def reference(logits, axis=-1, temperature=1.0):
    """Each slice by itself, as p_i = 1 / sum_j exp((z_j - z_i) / T): no shift and no division of sums."""

    def one(slice_):
        return np.array([0.0 if z == -np.inf else 1 / math.fsum(_exp((other - z) / temperature) for other in slice_)
                         for z in slice_.tolist()])

    return np.apply_along_axis(one, axis, logits)


def _exp(power):
    return math.exp(power) if power < 700 else math.inf


def holds_shape(arguments, given):
    """Right in shape, and the probabilities along the last axis sum to 1."""
    return np.shape(given) == arguments[0].shape and np.allclose(np.sum(given, axis=-1), 1)


def probes(rng):
    """Return the inputs of each check."""
    hidden = rng.normal(size=(3, 4))
    hidden[0, 1] = hidden[1, 3] = hidden[2, 0] = hidden[2, 2] = -np.inf
    return {
        "shape": [(rng.normal(size=size),) for size in [3, (2, 3), (1, 4), (2, 4, 3)]],
        "values": [
            (np.zeros(4),),
            (rng.normal(size=(2, 3)),),
            (3 * rng.normal(size=(3, 2, 5)),),
            (rng.normal(size=(4, 1)),),
        ],
        "axis": [
            (rng.normal(size=(2, 3)), 0),
            (rng.normal(size=(3, 2)), 1),
            (rng.normal(size=(4, 2, 3)), 1),
            (rng.normal(size=(2, 3, 4)), -2),
            (rng.normal(size=(3, 4, 2)), 0),
        ],
        "temperature": [
            (rng.normal(size=3), -1, 2.0),
            (rng.normal(size=(2, 3)), 1, 0.3),
            (rng.normal(size=(3, 2)), -1, 10.0),
        ],
        "large": [
            (np.array([1000.0, 1001.0]),),
            (np.array([2500.0, 0.0, 2499.0]),),
            (np.array([[-3000.0, -3001.0, -3004.0]]),),
            (rng.normal(size=(2, 3)) + np.array([[5000.0], [-5000.0]]), 1),
            (np.array([[40.0, 50.0, 40.5]]), -1, 0.01),
            (np.array([1000.0, 3000.0, -2000.0, 900.0]), 0, 100.0),
        ],
        "rows": [
            (np.array([[0.0, 1.0, 2.0], [-2000.0, -2001.0, -2003.0]]),),
            (np.array([[3.0, 4.0], [1500.0, 1501.5], [-900.0, -899.0]]),),
        ],
        "masked": [
            (np.array([-np.inf, 0.5, 1.0]),),
            (np.array([[-np.inf, 2.0], [-1.0, -np.inf], [0.0, -np.inf]]),),
            (hidden,),
            (np.array([-np.inf, 0.5, 1.0]), -1, 1e5),  # a large number in place of -inf would get weight
        ],
    }
