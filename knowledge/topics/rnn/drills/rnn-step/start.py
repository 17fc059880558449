import numpy as np


def rnn_forward(
    x: np.ndarray, h0: np.ndarray, w_x: np.ndarray, w_h: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Forward pass of a tanh RNN over a whole sequence.

    x: (N, T, D), T at least 1
    h0: (N, H)
    w_x: (D, H), w_h: (H, H), b: (H,)

    Returns (hs, h): hs (N, T, H), the hidden state at each step; h (N, H), the last one.
    """
    raise NotImplementedError
