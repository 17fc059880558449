import numpy as np


def max_pool(x, dout, size, stride):
    _, _, oh, ow = dout.shape
    out = np.zeros(dout.shape)
    dx = np.zeros(x.shape)
    for i in range(oh):
        for j in range(ow):
            rows = slice(i * stride, i * stride + size)
            cols = slice(j * stride, j * stride + size)
            window = x[:, :, rows, cols]
            best = window.max(axis=(2, 3), keepdims=True)
            out[:, :, i, j] = best[:, :, 0, 0]
            dx[:, :, rows, cols] += dout[:, :, i : i + 1, j : j + 1] / size**2
    return out, dx
