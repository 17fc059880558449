import numpy as np


def attention(q: np.ndarray, k: np.ndarray, v: np.ndarray, mask: np.ndarray | None = None):
    scores = q @ np.swapaxes(k, -2, -1)
    if mask is None:
        mask = np.ones_like(scores, dtype=bool)
    sees_any = mask.any(axis=-1, keepdims=True)
    scores = np.where(mask | ~sees_any, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True) * sees_any
    return weights @ v, weights
