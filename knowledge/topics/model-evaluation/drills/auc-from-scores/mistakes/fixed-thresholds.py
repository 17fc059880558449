import numpy as np


def auc(labels, scores):
    pos = scores[labels == 1]
    neg = scores[labels == 0]
    if len(pos) == 0 or len(neg) == 0:
        return None
    thresholds = np.linspace(1, 0, 101)
    tpr = [0.0] + [np.mean(pos >= t) for t in thresholds] + [1.0]
    fpr = [0.0] + [np.mean(neg >= t) for t in thresholds] + [1.0]
    return np.trapezoid(tpr, fpr)
