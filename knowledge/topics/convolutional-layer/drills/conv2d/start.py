import numpy as np


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """Forward pass of a 2-D convolution layer (cross-correlation, zero padding).

    x: (N, C, H, W)
    w: (F, C, KH, KW)
    b: (F,)
    stride: step of the window on both axes, at least 1
    padding: rings of zeros on each side, at least 0

    Returns (N, F, OH, OW) with OH = (H + 2 * padding - KH) // stride + 1, and OW alike.
    """
    raise NotImplementedError
