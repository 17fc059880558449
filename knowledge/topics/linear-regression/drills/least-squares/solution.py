import numpy as np


def least_squares(x: np.ndarray, y: np.ndarray, lr: float, steps: int) -> tuple[np.ndarray, np.ndarray]:
    n, d = x.shape
    a = np.column_stack([np.ones(n), x])
    exact = np.linalg.solve(a.T @ a, a.T @ y)

    theta = np.zeros(d + 1)
    for _ in range(steps):
        gradient = 2 / n * a.T @ (a @ theta - y)
        theta -= lr * gradient
    return exact, theta
