import numpy as np


def kmeans(x, centers, steps):
    centers = centers.astype(float).copy()
    k = len(centers)
    for _ in range(steps):
        dist = ((x[:, None] - centers[None]) ** 2).sum(-1)
        labels = np.argmin(dist, axis=1)
        centers = np.array([x[labels == j].mean(axis=0) for j in range(k)])
    dist = ((x[:, None] - centers[None]) ** 2).sum(-1)
    labels = np.argmin(dist, axis=1)
    return centers, labels, dist.min(axis=1).sum()
