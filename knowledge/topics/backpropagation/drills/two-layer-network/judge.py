"""Judge of a two-layer network's loss and gradients."""

import numpy as np


def reference(x, y, w1, b1, w2, b2):
    """Sample by sample: each adds its part of the loss and of every gradient."""
    count = len(x)
    loss = 0.0
    dw1, db1, dw2, db2 = (np.zeros(each.shape) for each in (w1, b1, w2, b2))
    for n in range(count):
        before = b1 + np.array([np.dot(x[n], w1[:, k]) for k in range(len(b1))])
        hidden = np.where(before > 0, before, 0.0)
        logits = b2 + np.array([np.dot(hidden, w2[:, k]) for k in range(len(b2))])
        total = np.logaddexp.reduce(logits)
        loss += (total - logits[y[n]]) / count
        error = np.exp(logits - total) / count
        error[y[n]] -= 1 / count
        back = np.array([np.dot(w2[k], error) if before[k] > 0 else 0.0 for k in range(len(b1))])
        dw2 += np.outer(hidden, error)
        db2 += error
        dw1 += np.outer(x[n], back)
        db1 += back
    return loss, dw1, db1, dw2, db2


def probes(rng):
    """Return the inputs of each check, small ones first."""

    def one(count, inputs, hidden, classes, scale=1.0):
        sizes = [(count, inputs), (inputs, hidden), (hidden,), (hidden, classes), (classes,)]
        x, w1, b1, w2, b2 = (rng.normal(size=each) for each in sizes)
        # Some units are on and some are off, whatever the draw.
        w1[0], x[:, 0] = np.where(np.arange(hidden) % 2, 3.0, -3.0), np.abs(x[:, 0]) + 0.1
        return x, rng.integers(classes, size=count), w1, b1, scale * w2, b2

    def kinked():
        # Whole numbers: x @ w1 + b1 is exactly 0 in the first unit, for the first two samples.
        x, y, w1, b1, w2, b2 = one(3, 2, 4, 5, scale=0.1)
        x, w1, b1 = np.array([[1.0, 2.0], [3.0, 4.0], [2.0, -1.0]]), np.round(2 * w1), np.round(b1)
        w1[:, 0], b1[0] = (1.0, -1.0), 1.0
        return x, y, w1, b1, w2, b2

    def large(count, scale, shift):
        # Every unit is on, so that a NaN spreads the same however ReLU's gradient is written.
        x, y, w1, b1, w2, b2 = one(count, 2, 4, 5)
        rows = np.array([0.01, 1.0, 800.0])[:count, None]
        return rows * (0.5 + np.abs(x)), y, np.abs(w1) + 0.1, np.abs(b1), scale * w2 + shift, b2

    return {
        "shapes": [one(2, 3, 4, 5), one(3, 1, 2, 4)],
        "loss": [one(2, 3, 1, 4), one(5, 3, 4, 2)],
        "second": [one(2, 1, 3, 4), one(5, 3, 4, 2)],
        "first": [one(2, 1, 3, 4), one(5, 3, 4, 2), one(3, 6, 5, 4)],
        "kink": [(np.zeros((1, 2)), np.array([0]), np.ones((2, 3)), np.zeros(3), rng.normal(size=(3, 2)), np.zeros(2)), kinked()],
        "large": [large(2, 2000.0, 0.0), large(3, 1.0, -3.0), large(3, 5.0, 0.0)],
        "single": [one(1, 2, 3, 4), one(1, 4, 2, 3)],
    }


def _agree(given, arguments, places):
    wanted = reference(*arguments)
    return len(given) == len(wanted) and all(
        np.shape(given[k]) == np.shape(wanted[k]) and np.allclose(given[k], wanted[k], rtol=1e-6, atol=1e-6) for k in places
    )


def holds_shapes(arguments, given):
    """Only the shapes count."""
    return [np.shape(each) for each in given] == [np.shape(each) for each in reference(*arguments)]


def holds_loss(arguments, given):
    """Only the loss counts."""
    return len(given) == 5 and np.size(given[0]) == 1 and np.allclose(given[0], reference(*arguments)[0], rtol=1e-6, atol=1e-6)


def holds_second(arguments, given):
    """Only dw2 and db2 count."""
    return _agree(given, arguments, [3, 4])


def holds_first(arguments, given):
    """Only dw1 and db1 count."""
    return _agree(given, arguments, [1, 2])
