import numpy as np


def lstm_cell(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, w_x: np.ndarray, w_h: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """One step of an LSTM cell; gates in the order input, forget, candidate, output."""
    i, f, g, o = np.split(x @ w_x + h @ w_h + b, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-z)), without overflow."""
    return (1 + np.tanh(z / 2)) / 2
