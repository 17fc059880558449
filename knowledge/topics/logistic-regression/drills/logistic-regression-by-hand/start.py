import numpy as np


def logistic_regression(
    x: np.ndarray, y: np.ndarray, lr: float, steps: int, l2: float = 0.0
) -> tuple[np.ndarray, float, np.ndarray]:
    """Fit a logistic regression by gradient descent from zeros.

    Args:
        x: (n, d), one row a sample.
        y: (n,), 0 or 1.
        lr: learning rate.
        steps: how many steps, 0 or more.
        l2: strength of the penalty l2 / 2 * |w|^2, which leaves out b.

    Returns:
        w: (d,), the weights.
        b: the intercept, a number.
        losses: (steps,), the objective before each update.
    """
    raise NotImplementedError
