import numpy as np


def adam(
    w: np.ndarray,
    g: np.ndarray,
    m: np.ndarray,
    v: np.ndarray,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One step of Adam with bias correction and decoupled weight decay.

    w, g, m, v: parameters, gradient, first and second moment; any shape, all four the same
    t: number of this step, from 1

    Returns (w, m, v) after the step; m and v are not bias-corrected.
    """
    raise NotImplementedError
