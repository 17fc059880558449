from collections import Counter

import numpy as np


def knn_predict(train, labels, queries, k):
    dist = np.sqrt(((queries[:, None, :] - train[None, :, :]) ** 2).sum(axis=-1))
    near = np.argsort(dist, axis=1, kind="stable")[:, :k]
    predicted = np.array([Counter(row.tolist()).most_common(1)[0][0] for row in labels[near]])
    return predicted, near
