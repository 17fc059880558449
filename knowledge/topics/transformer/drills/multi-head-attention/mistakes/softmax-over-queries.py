import numpy as np


def multi_head_attention(
    x: np.ndarray, w_q: np.ndarray, w_k: np.ndarray, w_v: np.ndarray, w_o: np.ndarray, heads: int, causal: bool = False
) -> np.ndarray:
    batch, n, _ = x.shape
    size = w_q.shape[1] // heads

    def split(projected: np.ndarray) -> np.ndarray:
        """(batch, n, a) to (batch, heads, n, dh)."""
        return projected.reshape(batch, n, heads, size).transpose(0, 2, 1, 3)

    q, k, v = split(x @ w_q), split(x @ w_k), split(x @ w_v)
    scores = q @ k.transpose(0, 1, 3, 2) / np.sqrt(size)
    if causal:
        scores = np.where(np.tri(n, dtype=bool), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=-2, keepdims=True))
    weights = weights / weights.sum(axis=-2, keepdims=True)
    merged = (weights @ v).transpose(0, 2, 1, 3).reshape(batch, n, heads * size)
    return merged @ w_o
