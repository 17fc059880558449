import numpy as np


def sgd_momentum(
    w: np.ndarray, grads: np.ndarray, lrs: np.ndarray, momentum: float, nesterov: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Run T steps of SGD with momentum; the velocity starts at zero.

    w: initial parameters, any shape
    grads: (T, ...), the gradient of each step
    lrs: (T,), the learning rate of each step
    momentum: coefficient of the old velocity
    nesterov: look ahead with the new velocity

    Returns (path, v): path (T, ...), the parameters after each step; v, the last velocity, shaped like w.
    """
    raise NotImplementedError
