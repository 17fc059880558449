import numpy as np


def sinusoidal_positions(length: int, d: int, base: float = 10000.0) -> np.ndarray:
    angles = np.arange(length)[:, None] / base ** (2 * np.arange((d + 1) // 2) / d)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)[:, :d]
