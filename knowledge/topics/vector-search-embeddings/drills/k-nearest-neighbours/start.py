import numpy as np


def knn_predict(
    train: np.ndarray, labels: np.ndarray, queries: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Classify points by the vote of their k nearest neighbours.

    Args:
        train: (n, d), the points whose class is known.
        labels: (n,) integers of 0 and more, their classes.
        queries: (m, d), the points to classify.
        k: how many neighbours vote, 1 to n.

    Returns:
        predicted: (m,) integers, the class with most votes; the smaller one in a tie.
        neighbours: (m, k) integers, indices into `train`, nearest first; the earlier one in a tie.
    """
    raise NotImplementedError
