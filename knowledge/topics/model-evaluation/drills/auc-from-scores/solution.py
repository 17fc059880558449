import numpy as np


def auc(labels: np.ndarray, scores: np.ndarray) -> float | None:
    positives = scores[labels == 1]
    negatives = np.sort(scores[labels == 0])
    if len(positives) == 0 or len(negatives) == 0:
        return None
    # For each positive: how many negatives are lower, and how many are not higher. Their mean counts equals half.
    lower = np.searchsorted(negatives, positives)
    not_higher = np.searchsorted(negatives, positives, side="right")
    return (lower + not_higher).mean() / 2 / len(negatives)
