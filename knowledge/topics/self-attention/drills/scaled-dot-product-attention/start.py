import numpy as np


def attention(
    q: np.ndarray, k: np.ndarray, v: np.ndarray, mask: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Scaled dot-product attention.

    Args:
        q: queries, (..., n, d).
        k: keys, (..., m, d).
        v: values, (..., m, dv).
        mask: booleans that broadcast to (..., n, m); True means may attend. None: all may.

    Returns:
        (output, weights): (..., n, dv) and (..., n, m).
    """
    raise NotImplementedError
