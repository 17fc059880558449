import numpy as np


def least_squares(x: np.ndarray, y: np.ndarray, lr: float, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Fit a linear regression with an intercept in two ways.

    Args:
        x: (n, d), one row a sample.
        y: (n,), what to predict.
        lr: learning rate of gradient descent.
        steps: how many steps it makes, 0 or more.

    Returns:
        exact: (d + 1,), the solution of the normal equations, intercept first.
        descended: (d + 1,), the parameters after gradient descent from zeros on the mean squared error.
    """
    raise NotImplementedError
