import numpy as np


def dropout(
    x: np.ndarray, uniforms: np.ndarray, rate: float, training: bool, dout: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Inverted dropout: output and gradient."""
    if not training:
        return x, dout
    mask = (uniforms >= rate) / (1 - rate)  # scaled here, so that inference needs nothing
    return x * mask, dout * mask
