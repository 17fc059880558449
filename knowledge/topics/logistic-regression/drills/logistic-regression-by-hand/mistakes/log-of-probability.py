import numpy as np


def sigmoid(z):
    return np.where(z >= 0, 1, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z)))


def logistic_regression(x, y, lr, steps, l2=0.0):
    n, d = x.shape
    w = np.zeros(d)
    b = 0.0
    losses = []
    for _ in range(steps):
        z = x @ w + b
        p = sigmoid(z)
        data_loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
        losses.append(data_loss + l2 / 2 * np.sum(w**2))
        dw = x.T @ (p - y) / n + l2 * w
        db = np.mean(p - y)
        w = w - lr * dw
        b = b - lr * db
    return w, b, np.array(losses)
