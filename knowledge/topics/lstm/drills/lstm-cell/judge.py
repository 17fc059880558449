"""Judge of one step of an LSTM cell."""

import math

import numpy as np


def _sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def reference(x, h, c, w_x, w_h, b):
    """Unit by unit: gate number q of unit k has column q · H + k."""
    count, units = h.shape
    new_h, new_c = np.empty(h.shape), np.empty(c.shape)
    for n in range(count):
        for k in range(units):
            i, f, g, o = (
                float(b[q * units + k] + np.dot(x[n], w_x[:, q * units + k]) + np.dot(h[n], w_h[:, q * units + k]))
                for q in range(4)
            )
            new_c[n, k] = _sigmoid(f) * c[n, k] + _sigmoid(i) * math.tanh(g)
            new_h[n, k] = _sigmoid(o) * math.tanh(new_c[n, k])
    return new_h, new_c


def probes(rng):
    """Return the inputs of each check, small ones first."""

    def one(count, inputs, units, state=1.0, scale=1.0):
        x, h, c = scale * rng.normal(size=(count, inputs)), rng.normal(size=(count, units)), rng.normal(size=(count, units))
        w_x, w_h, b = (rng.normal(size=each) for each in [(inputs, 4 * units), (units, 4 * units), (4 * units,)])
        return x, state * h, 2 * state * c, w_x, w_h, b

    return {
        "shapes": [one(2, 3, 1), one(3, 5, 4)],
        "input": [one(2, 1, 3, state=0.0), one(4, 5, 3, state=0.0)],
        "cell": [one(2, 1, 3), one(3, 4, 2), one(5, 3, 6)],
        "hidden": [one(2, 1, 3), one(3, 4, 2), one(2, 5, 4, state=2.0)],
        "large": [one(2, 4, 3, scale=3000.0), one(3, 2, 5, scale=1e5)],
        "single": [one(1, 3, 1), one(1, 1, 2), one(1, 4, 3)],
    }


def _near(given, wanted):
    return np.shape(given) == wanted.shape and np.allclose(given, wanted, rtol=1e-6, atol=1e-6)


def holds_shapes(arguments, given):
    """Only the shapes count."""
    return [np.shape(each) for each in given] == [arguments[1].shape, arguments[2].shape]


def holds_cell(arguments, given):
    """Only the cell state counts."""
    return len(given) == 2 and _near(given[1], reference(*arguments)[1])


def holds_hidden(arguments, given):
    """Only the hidden state counts."""
    return len(given) == 2 and _near(given[0], reference(*arguments)[0])
