import numpy as np


def sgd_momentum(w, grads, lrs, momentum, nesterov):
    v = np.zeros(w.shape)
    path = np.zeros(grads.shape)
    for t in range(len(grads)):
        path[t] = w
        g = grads[t]
        v = momentum * v + g
        step = g + momentum * v if nesterov else v
        w = w - lrs[t] * step
    return path, v
