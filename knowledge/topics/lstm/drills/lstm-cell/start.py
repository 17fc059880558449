import numpy as np


def lstm_cell(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, w_x: np.ndarray, w_h: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """One step of an LSTM cell; gates in the order input, forget, candidate, output.

    x: (N, D)
    h, c: (N, H), hidden and cell state
    w_x: (D, 4H), w_h: (H, 4H), b: (4H,)

    Returns the new (h, c), both (N, H).
    """
    raise NotImplementedError
