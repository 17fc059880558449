import numpy as np


def knn_predict(train, labels, queries, k):
    dist = np.sqrt(((queries[:, None, :] - train[None, :, :]) ** 2).sum(axis=-1))
    near = np.argsort(dist, axis=1)[:, :k]
    votes = labels[near]
    predicted = np.array([np.argmax(np.bincount(row)) for row in votes])
    return predicted, near
