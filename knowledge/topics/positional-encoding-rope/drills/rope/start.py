import numpy as np


def rope(x: np.ndarray, positions: np.ndarray, base: float = 10000.0) -> np.ndarray:
    """Rotate neighbouring pairs of the last axis by position.

    Args:
        x: queries or keys, (..., n, d), d even; columns 2i and 2i+1 make a pair.
        positions: integers, (n,).
        base: pair i turns by position * base ** (-2i / d).

    Returns:
        (..., n, d).
    """
    raise NotImplementedError
