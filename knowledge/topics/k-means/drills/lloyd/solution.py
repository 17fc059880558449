import numpy as np


def squared_distances(x: np.ndarray, centers: np.ndarray) -> np.ndarray:
    return ((x[:, None, :] - centers) ** 2).sum(axis=2)  # (n, 1, d) - (k, d) -> (n, k, d) -> (n, k)


def kmeans(x: np.ndarray, centers: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray, float]:
    centers = centers.copy()
    for _ in range(steps):
        labels = squared_distances(x, centers).argmin(axis=1)
        for j in range(len(centers)):
            members = x[labels == j]
            if len(members):
                centers[j] = members.mean(axis=0)

    squared = squared_distances(x, centers)
    return centers, squared.argmin(axis=1), squared.min(axis=1).sum()
