import numpy as np


def sgd_momentum(w, grads, lrs, momentum, nesterov):
    w = w.copy()
    v = np.zeros(w.shape)
    path = []
    for t in range(len(grads)):
        g = grads[t]
        v = momentum * v + g
        step = g + momentum * v if nesterov else v
        w -= lrs[t] * step
        path.append(w)
    return np.array(path), v
