import numpy as np


def entropy(y):
    _, counts = np.unique(y, return_counts=True)
    p = counts / counts.sum()
    return -np.sum(p * np.log2(p))


def best_split(x, y):
    n, d = x.shape
    best = None
    best_score = float("inf")
    for j in range(d):
        values = np.unique(x[:, j])
        for low, high in zip(values[:-1], values[1:]):
            t = (low + high) / 2
            left, right = y[x[:, j] <= t], y[x[:, j] > t]
            score = len(left) / n * entropy(left) + len(right) / n * entropy(right)
            if score < best_score:
                best_score = score
                best = (j, t, score)
    return best
