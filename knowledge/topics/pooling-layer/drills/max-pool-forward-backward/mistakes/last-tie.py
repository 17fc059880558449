import numpy as np


def max_pool(x, dout, size, stride):
    n, c, oh, ow = dout.shape
    out = np.zeros(dout.shape)
    dx = np.zeros(x.shape)
    for a in range(n):
        for b in range(c):
            for i in range(oh):
                for j in range(ow):
                    best, where = -np.inf, None
                    for p in range(i * stride, i * stride + size):
                        for q in range(j * stride, j * stride + size):
                            if x[a, b, p, q] >= best:
                                best, where = x[a, b, p, q], (p, q)
                    out[a, b, i, j] = best
                    dx[a, b, where[0], where[1]] += dout[a, b, i, j]
    return out, dx
