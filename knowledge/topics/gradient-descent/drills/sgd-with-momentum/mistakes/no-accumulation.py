import numpy as np


def sgd_momentum(w, grads, lrs, momentum, nesterov):
    path = np.zeros(grads.shape)
    for t in range(len(grads)):
        g = grads[t]
        v = np.zeros(w.shape)
        v = momentum * v + g
        step = g + momentum * v if nesterov else v
        w = w - lrs[t] * step
        path[t] = w
    return path, v
