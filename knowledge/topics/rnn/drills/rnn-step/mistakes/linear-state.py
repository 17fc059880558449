import numpy as np


def rnn_forward(x, h0, w_x, w_h, b):
    n, steps, _ = x.shape
    hs = np.zeros((n, steps, len(b)))
    h = h0
    for t in range(steps):
        h = x[:, t] @ w_x + h @ w_h + b
        hs[:, t] = np.tanh(h)
    return hs, hs[:, -1]
