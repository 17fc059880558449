import numpy as np


def kmeans(x, centers, steps):
    centers = centers.astype(float).copy()
    k = len(centers)
    for _ in range(steps):
        labels = np.argmin(np.abs(x[:, None] - centers[None]).sum(-1), axis=1)
        for j in range(k):
            if (labels == j).any():
                centers[j] = x[labels == j].mean(axis=0)
    labels = np.argmin(np.abs(x[:, None] - centers[None]).sum(-1), axis=1)
    return centers, labels, ((x - centers[labels]) ** 2).sum()
