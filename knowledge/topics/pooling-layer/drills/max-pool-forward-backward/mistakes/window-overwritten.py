import numpy as np


def max_pool(x, dout, size, stride):
    n, c, oh, ow = dout.shape
    out = np.zeros(dout.shape)
    dx = np.zeros(x.shape)
    for i in range(oh):
        for j in range(ow):
            rows = slice(i * stride, i * stride + size)
            cols = slice(j * stride, j * stride + size)
            flat = x[:, :, rows, cols].reshape(n, c, -1)
            out[:, :, i, j] = flat.max(axis=-1)
            mask = np.arange(size * size) == flat.argmax(axis=-1)[..., None]
            dx[:, :, rows, cols] = (mask * dout[:, :, i, j, None]).reshape(n, c, size, size)
    return out, dx
