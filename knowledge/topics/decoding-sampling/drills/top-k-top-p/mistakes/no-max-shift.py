import numpy as np


def top_k_top_p(logits: np.ndarray, k: int = 0, p: float = 1.0, temperature: float = 1.0) -> np.ndarray:
    order = np.argsort(-logits, kind="stable")
    ranked = np.take_along_axis(logits, order, axis=-1) / temperature
    if k:
        ranked[..., k:] = -np.inf
    probs = np.exp(ranked)
    probs = probs / probs.sum(axis=-1, keepdims=True)
    before = np.cumsum(probs, axis=-1) - probs
    probs = probs * (before < p)
    probs = probs / probs.sum(axis=-1, keepdims=True)
    return np.take_along_axis(probs, np.argsort(order), axis=-1)
