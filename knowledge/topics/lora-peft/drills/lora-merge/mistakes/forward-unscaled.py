import numpy as np


def lora(
    x: np.ndarray, w: np.ndarray, a: np.ndarray, b: np.ndarray, alpha: float, mask: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    scale = alpha / a.shape[0]
    into_a = x if mask is None else x * mask
    output = x @ w.T + (into_a @ a.T) @ b.T
    return output, w + scale * b @ a
