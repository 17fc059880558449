import numpy as np


def rnn_forward(
    x: np.ndarray, h0: np.ndarray, w_x: np.ndarray, w_h: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Forward pass of a tanh RNN over a whole sequence."""
    hs = [h0]
    for t in range(x.shape[1]):
        hs.append(np.tanh(x[:, t] @ w_x + hs[-1] @ w_h + b))
    return np.stack(hs[1:], axis=1), hs[-1]
