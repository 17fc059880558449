"""Judge of scaling to the sum one."""

import numpy as np


def reference(x):
    """Return the right answer, by another way than the solution where there is one."""
    return np.array([each / sum(x) for each in x])


def probes(rng):
    """Return the inputs of each check, small ones first."""
    return {
        "shape": [(rng.uniform(1, 2, size=1),), (rng.uniform(1, 2, size=4),)],
        "values": [(rng.uniform(1, 2, size=2),), (rng.uniform(0.1, 9, size=7),)],
    }


def holds_shape(arguments, given):
    """Return whether the shape is that of the vector."""
    return np.shape(given) == arguments[0].shape
