import numpy as np


def conv2d(x, w, b, stride, padding):
    n, c, height, width = x.shape
    f, _, kh, kw = w.shape
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    w = w[:, :, ::-1, ::-1]
    oh = (height + 2 * padding - kh) // stride + 1
    ow = (width + 2 * padding - kw) // stride + 1
    out = np.zeros((n, f, oh, ow))
    for i in range(oh):
        for j in range(ow):
            top, left = i * stride, j * stride
            window = x[:, :, top : top + kh, left : left + kw]
            for k in range(f):
                out[:, k, i, j] = np.sum(window * w[k], axis=(1, 2, 3)) + b[k]
    return out
