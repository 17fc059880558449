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
    """Take one decoding step of grouped-query attention (h query heads, g KV heads).

    Args:
        x: the new token, (batch, d).
        w_q: (d, h * dh).
        w_k, w_v: (d, g * dh).
        w_o: (h * dh, d_out).
        k_cache, v_cache: keys and values so far, (batch, g, t, dh); t may be 0.

    Returns:
        (output, k_cache, v_cache): (batch, d_out), and the new caches, (batch, g, t + 1, dh).
        Query head i uses KV head i // (h // g).
    """
    raise NotImplementedError
