import numpy as np


def multi_head_attention(
    x: np.ndarray, w_q: np.ndarray, w_k: np.ndarray, w_v: np.ndarray, w_o: np.ndarray, heads: int, causal: bool = False
) -> np.ndarray:
    """Multi-head self-attention without biases.

    Args:
        x: (batch, n, d).
        w_q, w_k, w_v: projections, (d, a); head h uses the adjacent columns h*dh … (h+1)*dh - 1, dh = a // heads.
        w_o: output projection, (a, d).
        heads: number of heads; divides a.
        causal: whether position i attends to 0…i only.

    Returns:
        (batch, n, d).
    """
    raise NotImplementedError
