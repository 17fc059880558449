import numpy as np


def two_layer(x, y, w1, b1, w2, b2):
    n = x.shape[0]
    rows = np.arange(n)
    z = x @ w1 + b1
    h = np.maximum(z, 0)
    logits = h @ w2 + b2
    logits = logits - logits.max(axis=1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    loss = -log_p[rows, y].mean()
    d = np.exp(log_p)
    d[rows, y] -= 1
    d /= n
    dw2 = h.T @ d
    db2 = d.mean(axis=0)
    dh = d @ w2.T
    dz = dh * (z > 0)
    dw1 = x.T @ dz
    db1 = dz.mean(axis=0)
    return loss, dw1, db1, dw2, db2
