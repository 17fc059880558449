import numpy as np


def sinusoidal_positions(length: int, d: int, base: float = 10000.0) -> np.ndarray:
    angles = np.arange(length)[:, None] / base ** (np.arange(0, d, 2) / d)
    table = np.zeros((length, d))
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles)
    return table
