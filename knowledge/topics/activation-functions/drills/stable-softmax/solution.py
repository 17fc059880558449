import numpy as np


def softmax(logits: np.ndarray, axis: int = -1, temperature: float = 1.0) -> np.ndarray:
    scaled = logits / temperature
    # Softmax does not change under a shift; with the maximum of each slice at 0, exp cannot overflow.
    exp = np.exp(scaled - scaled.max(axis=axis, keepdims=True))
    return exp / exp.sum(axis=axis, keepdims=True)
