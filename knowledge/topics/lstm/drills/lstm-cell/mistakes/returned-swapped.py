import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_cell(x, h, c, w_x, w_h, b):
    size = h.shape[1]
    z = x @ w_x + h @ w_h + b
    i = sigmoid(z[:, :size])
    f = sigmoid(z[:, size : 2 * size])
    g = np.tanh(z[:, 2 * size : 3 * size])
    o = sigmoid(z[:, 3 * size :])
    c_new = f * c + i * g
    h_new = o * np.tanh(c_new)
    return c_new, h_new
