"""Judge of a 2-D convolution's forward pass."""

import numpy as np


def reference(x, w, b, stride, padding):
    """Window by window, as the definition says."""
    count, channels, height, width = x.shape
    kernels, _, kh, kw = w.shape
    padded = np.zeros((count, channels, height + 2 * padding, width + 2 * padding))
    padded[:, :, padding : padding + height, padding : padding + width] = x
    rows = range(0, height + 2 * padding - kh + 1, stride)
    columns = range(0, width + 2 * padding - kw + 1, stride)
    out = np.empty((count, kernels, len(rows), len(columns)))
    for i, top in enumerate(rows):
        for j, left in enumerate(columns):
            window = padded[:, :, top : top + kh, left : left + kw].reshape(count, -1)
            out[:, :, i, j] = window @ w.reshape(kernels, -1).T + b
    return out


def probes(rng):
    """Return the inputs of each check, small ones first."""

    def one(x, w, stride=1, padding=0, bias=True):
        return rng.normal(size=x), rng.normal(size=w), rng.normal(size=w[0]) * bias, stride, padding

    return {
        "shape": [one((2, 1, 4, 5), (3, 1, 2, 3)), one((1, 2, 6, 9), (4, 2, 3, 2), 2, 1)],
        "single": [one((1, 1, 3, 4), (1, 1, 2, 2), bias=False), one((2, 1, 4, 6), (1, 1, 3, 2), bias=False)],
        "channels": [one((1, 2, 3, 4), (3, 2, 2, 1), bias=False), one((2, 3, 5, 4), (4, 3, 2, 3), bias=False)],
        "bias": [one((1, 1, 2, 3), (2, 1, 1, 2)), one((2, 4, 5, 6), (3, 4, 4, 2))],
        "stride": [one((1, 1, 5, 7), (2, 1, 3, 3), 2), one((2, 3, 8, 11), (4, 3, 2, 5), 3)],
        "padding": [one((1, 1, 2, 3), (1, 1, 2, 2), 1, 1), one((2, 2, 3, 4), (3, 2, 3, 2), 1, 2), one((1, 2, 4, 7), (3, 2, 2, 3), 2, 3)],
        "leftover": [one((1, 1, 4, 6), (2, 1, 2, 3), 3), one((2, 3, 6, 7), (4, 3, 3, 2), 2), one((1, 2, 7, 5), (3, 2, 3, 4), 3, 1)],
        "pointwise": [one((1, 3, 2, 4), (2, 3, 1, 1)), one((1, 2, 5, 6), (4, 2, 1, 1), 2, 1)],
    }


def holds_shape(arguments, given):
    """Only the shape counts."""
    return np.shape(given) == reference(*arguments).shape
