"""Judge of sinusoidal positions."""

import math

import numpy as np

TOLERANCE = {"far": 1e-5}  # angles of 1e5 carry the rounding of the power


def reference(length, d, base=10000.0):
    """Pair by pair, number by number."""
    table = np.zeros((length, d))
    for position in range(length):
        for even in range(0, d, 2):
            angle = position * math.exp(-even / d * math.log(base))
            table[position, even] = math.sin(angle)
            if even + 1 < d:
                table[position, even + 1] = math.cos(angle)
    return table


def probes(rng):
    """Inputs of each check; chance picks the sizes."""
    low, high = int(rng.integers(5, 9)), int(rng.integers(10, 14))
    return {
        "shape": [(1, 1), (2, 4), (3, 5), (low, 2 * high)],
        "first_row": [(1, 2), (1, 6), (1, 7)],
        "values": [(2, 2), (3, 4), (low, 6), (high, 16)],
        "odd": [(2, 1), (4, 3), (low, 7), (3, 9)],
        "base": [(3, 4, 100.0), (low, 5, float(rng.uniform(2, 50))), (4, 8, 500000.0)],
        "far": [(1500 + low, 4), (900 + high, 3, 10.0)],
    }


def holds_shape(arguments, given):
    """A table of numbers, positions by columns."""
    return np.shape(given) == arguments[:2]
