import numpy as np


def kv_cache_step(
    x: np.ndarray,
    w_q: np.ndarray,
    w_k: np.ndarray,
    w_v: np.ndarray,
    w_o: np.ndarray,
    k_cache: np.ndarray,
    v_cache: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    batch, groups, _, size = k_cache.shape
    q = (x @ w_q).reshape(batch, groups, -1, size)
    k = (x @ w_k).reshape(batch, groups, 1, size)
    v = (x @ w_v).reshape(batch, groups, 1, size)
    keys = np.concatenate([k_cache, k], axis=2)
    values = np.concatenate([v_cache, v], axis=2)
    scores = q @ keys.transpose(0, 1, 3, 2) / np.sqrt(x.shape[-1])
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)
    output = (weights @ values).reshape(batch, -1) @ w_o
    return output, keys, values
