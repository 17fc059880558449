import numpy as np


def normalise(x: np.ndarray) -> np.ndarray:
    """Return `x` scaled so that it sums to one.

    Args:
        x: (n,), positive.

    Returns:
        (n,).
    """
    raise NotImplementedError
