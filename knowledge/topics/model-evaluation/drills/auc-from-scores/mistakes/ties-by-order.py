import numpy as np


def auc(labels, scores):
    pos = scores[labels == 1]
    neg = scores[labels == 0]
    if len(pos) == 0 or len(neg) == 0:
        return None
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    u = ranks[labels == 1].sum() - len(pos) * (len(pos) + 1) / 2
    return u / (len(pos) * len(neg))
