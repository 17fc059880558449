"""Judge of max pooling, forward and backward."""

import numpy as np


def reference(x, dout, size, stride):
    """Window by window; the first maximum in row-major order gets the gradient."""
    out, dx = np.empty(dout.shape), np.zeros(x.shape)
    for n, c, i, j in np.ndindex(*dout.shape):
        best = (i * stride, j * stride)
        for row in range(i * stride, i * stride + size):
            for column in range(j * stride, j * stride + size):
                if x[n, c, row, column] > x[n, c, best[0], best[1]]:
                    best = (row, column)
        out[n, c, i, j] = x[n, c, best[0], best[1]]
        dx[n, c, best[0], best[1]] += dout[n, c, i, j]
    return out, dx


def probes(rng):
    """Return the inputs of each check, small ones first."""

    def over(x, size, stride):
        height, width = ((side - size) // stride + 1 for side in x.shape[2:])
        return x, rng.normal(size=(*x.shape[:2], height, width)), size, stride

    def one(shape, size, stride):
        return over(rng.random(shape), size, stride)

    def tied(shape, size, stride):
        return over(rng.integers(0, 2, size=shape).astype(float), size, stride)

    return {
        "shapes": [one((1, 1, 2, 3), 2, 1), one((2, 3, 4, 6), 2, 2)],
        "forward": [one((1, 1, 2, 4), 2, 2), one((2, 3, 4, 6), 2, 2), one((3, 1, 6, 9), 3, 3)],
        "negatives": [over(-1 - rng.random((1, 1, 2, 4)), 2, 2), over(-5 - rng.random((2, 3, 4, 6)), 2, 2)],
        "backward": [one((1, 1, 2, 4), 2, 2), one((1, 2, 3, 6), 3, 3), one((2, 3, 4, 8), 2, 2), one((1, 2, 3, 4), 1, 1)],
        "ties": [over(np.zeros((1, 1, 2, 4)), 2, 2), over(np.full((1, 2, 3, 3), 2.0), 3, 3), tied((2, 3, 4, 6), 2, 2)],
        "overlap": [one((1, 1, 2, 3), 2, 1), over(np.arange(12.0).reshape(1, 1, 3, 4), 2, 1), one((2, 3, 5, 7), 3, 2), tied((1, 2, 5, 4), 3, 1)],
        "leftover": [one((1, 1, 3, 5), 2, 2), one((1, 2, 7, 8), 2, 3), one((2, 3, 5, 7), 1, 2)],
    }


def _shapes(arguments):
    return [arguments[1].shape, arguments[0].shape]


def _near(given, wanted):
    return np.shape(given) == np.shape(wanted) and np.allclose(given, wanted, rtol=1e-6, atol=1e-6)


def holds_shapes(arguments, given):
    """Only the shapes count."""
    return len(given) == 2 and [np.shape(each) for each in given] == _shapes(arguments)


def holds_forward(arguments, given):
    """Only the output counts."""
    return len(given) == 2 and _near(given[0], reference(*arguments)[0])


holds_negatives = holds_forward


def holds_backward(arguments, given):
    """Only the gradient counts."""
    return len(given) == 2 and _near(given[1], reference(*arguments)[1])


holds_ties = holds_overlap = holds_backward
