import numpy as np


def knn_predict(train, labels, queries, k):
    dist = np.abs(queries[:, None, :] - train[None, :, :]).sum(axis=-1)
    near = np.argsort(dist, axis=1, kind="stable")[:, :k]
    votes = labels[near]
    predicted = np.array([np.argmax(np.bincount(row)) for row in votes])
    return predicted, near
