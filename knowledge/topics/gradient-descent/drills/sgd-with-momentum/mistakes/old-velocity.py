import numpy as np


def sgd_momentum(w, grads, lrs, momentum, nesterov):
    v = np.zeros(w.shape)
    path = np.zeros(grads.shape)
    for t in range(len(grads)):
        g = grads[t]
        step = g + momentum * v if nesterov else v
        w = w - lrs[t] * step
        v = momentum * v + g
        path[t] = w
    return path, v
