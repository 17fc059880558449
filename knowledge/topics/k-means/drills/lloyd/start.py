import numpy as np


def kmeans(x: np.ndarray, centers: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Cluster points by Lloyd's algorithm.

    Args:
        x: (n, d), one row a point.
        centers: (k, d), the centres to start from.
        steps: how many rounds of assigning and updating, 0 or more.

    Returns:
        centers: (k, d), after the last round.
        labels: (n,) integers, the nearest of these centres for each point; ties go to the lower index.
        inertia: a number, the sum of the squared distances of the points to their centres.
    """
    raise NotImplementedError
