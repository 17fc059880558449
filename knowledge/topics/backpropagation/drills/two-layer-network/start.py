import numpy as np


def two_layer(
    x: np.ndarray, y: np.ndarray, w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Mean cross-entropy of a network linear - ReLU - linear - softmax, and its gradients.

    x: (N, D)
    y: (N,), integer labels in 0..K-1
    w1: (D, H), b1: (H,)
    w2: (H, K), b2: (K,)

    Returns (loss, dw1, db1, dw2, db2), each gradient of the shape of its parameter.
    """
    raise NotImplementedError
