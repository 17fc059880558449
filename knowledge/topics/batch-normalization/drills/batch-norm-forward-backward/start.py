import numpy as np


def batch_norm(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, dout: np.ndarray, eps: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Batch normalisation in training mode: output and gradients.

    x: (N, D)
    gamma, beta: (D,)
    dout: (N, D), gradient of the loss with respect to the output
    eps: added to the variance

    Returns (out, dx, dgamma, dbeta), shaped (N, D), (N, D), (D,) and (D,).
    """
    raise NotImplementedError
