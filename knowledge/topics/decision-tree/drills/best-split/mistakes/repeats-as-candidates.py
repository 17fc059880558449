import numpy as np


def gini(y):
    _, counts = np.unique(y, return_counts=True)
    p = counts / counts.sum()
    return 1 - np.sum(p**2)


def best_split(x, y):
    n, d = x.shape
    best = None
    best_score = float("inf")
    for j in range(d):
        order = np.argsort(x[:, j], kind="stable")
        xs, ys = x[order, j], y[order]
        for i in range(1, n):
            t = (xs[i - 1] + xs[i]) / 2
            left, right = ys[:i], ys[i:]
            score = len(left) / n * gini(left) + len(right) / n * gini(right)
            if score < best_score:
                best_score = score
                best = (j, t, score)
    return best
