import numpy as np


def gini(y: np.ndarray) -> float:
    shares = np.bincount(y) / len(y)
    return 1 - (shares**2).sum()


def best_split(x: np.ndarray, y: np.ndarray) -> tuple[int, float, float] | None:
    best, least = None, np.inf
    for feature, column in enumerate(x.T):
        values = np.unique(column)
        for threshold in (values[:-1] + values[1:]) / 2:
            left = column <= threshold
            impurity = (left.sum() * gini(y[left]) + (~left).sum() * gini(y[~left])) / len(y)
            if impurity < least:  # strictly: of equal splits the first stays
                best, least = (feature, threshold, impurity), impurity
    return best
