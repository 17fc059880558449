import numpy as np


def sgd_momentum(
    w: np.ndarray, grads: np.ndarray, lrs: np.ndarray, momentum: float, nesterov: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Run T steps of SGD with momentum; the velocity starts at zero."""
    v = np.zeros(w.shape)
    path = []
    for g, lr in zip(grads, lrs):
        v = momentum * v + g
        step = g + momentum * v if nesterov else v
        w = w - lr * step  # a new array: path keeps the old ones
        path.append(w)
    return np.array(path), v
