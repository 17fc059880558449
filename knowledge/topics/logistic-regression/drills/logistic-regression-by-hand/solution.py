import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -z))  # 1 / (1 + exp(-z)), without the overflow


def logistic_regression(
    x: np.ndarray, y: np.ndarray, lr: float, steps: int, l2: float = 0.0
) -> tuple[np.ndarray, float, np.ndarray]:
    n, d = x.shape
    w, b = np.zeros(d), 0.0
    losses = []
    for _ in range(steps):
        z = x @ w + b
        # -y log p - (1 - y) log(1 - p), written in z: it stays finite where p rounds to 0 or 1.
        losses.append(np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * (w @ w))
        error = sigmoid(z) - y
        w = w - lr * (x.T @ error / n + l2 * w)
        b = b - lr * error.mean()
    return w, b, np.array(losses)
