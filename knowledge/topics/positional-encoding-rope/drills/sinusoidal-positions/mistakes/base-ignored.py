import numpy as np


def sinusoidal_positions(length: int, d: int, base: float = 10000.0) -> np.ndarray:
    columns = np.arange(d)
    pairs = columns // 2
    angles = np.arange(length)[:, None] / 10000.0 ** (2 * pairs / d)
    return np.where(columns % 2 == 0, np.sin(angles), np.cos(angles))
