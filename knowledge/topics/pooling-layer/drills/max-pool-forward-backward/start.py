import numpy as np


def max_pool(x: np.ndarray, dout: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """Max pooling over square windows, without padding: output and gradient.

    x: (N, C, H, W)
    dout: (N, C, OH, OW), gradient of the loss with respect to the output
    size: side of the window
    stride: step of the window

    Returns (out, dx): out (N, C, OH, OW) with OH = (H - size) // stride + 1, and OW alike; dx (N, C, H, W).
    Of equal maxima in a window, the first in row-major order gets the gradient.
    """
    raise NotImplementedError
