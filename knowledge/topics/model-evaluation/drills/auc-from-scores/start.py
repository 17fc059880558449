import numpy as np


def auc(labels: np.ndarray, scores: np.ndarray) -> float | None:
    """Compute the area under the ROC curve.

    Args:
        labels: (n,), 1 for positives, 0 for negatives.
        scores: (n,), any real numbers; higher means more likely positive.

    Returns:
        The probability that a positive scores higher than a negative, equal scores counting half;
        None where one of the classes is missing.
    """
    raise NotImplementedError
