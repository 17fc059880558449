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
        data_loss = np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))
        losses.append(data_loss)
        dw = x.T @ (p - y) / n + l2 * w
        db = np.mean(p - y)
        w = w - lr * dw
        b = b - lr * db
    return w, b, np.array(losses)
