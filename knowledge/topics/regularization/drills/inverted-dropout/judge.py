"""Judge of inverted dropout, forward and backward."""

import numpy as np


def reference(x, uniforms, rate, training, dout):
    """Element by element."""
    out, dx = np.array(x), np.array(dout)
    if training:
        for place in np.ndindex(*x.shape):
            kept = not uniforms[place] < rate
            out[place] = x[place] / (1 - rate) if kept else 0.0
            dx[place] = dout[place] / (1 - rate) if kept else 0.0
    return out, dx


def probes(rng):
    """Return the inputs of each check, small ones first."""

    def one(shape, rate, training=True):
        # Every second element is dropped for sure, so that no draw leaves all or none of them.
        uniforms = rng.random(shape)
        flat = uniforms.reshape(-1)
        flat[::2] *= rate
        flat[1::2] = rate + (1 - rate) * flat[1::2]
        return rng.normal(size=shape), uniforms, rate, training, rng.normal(size=shape)

    def tied(shape, rate):
        x, _, _, _, dout = one(shape, rate)
        return x, rng.choice([rate, rate / 2, (1 + rate) / 2], size=shape), rate, True, dout

    def equal(shape, rate):
        x, _, _, _, dout = one(shape, rate)
        return x, np.full(shape, rate), rate, True, dout

    # An x of 0 that is kept has a gradient, which a mask read off the output would lose.
    resting = (np.array([0.0, 1.5, 0.0, -2.0]), np.array([0.9, 0.8, 0.1, 0.2]), 0.5, True, rng.normal(size=4))
    return {
        "shapes": [one((3,), 0.5), one((2, 3, 4), 0.2), one((2, 5), 0.4, False)],
        "mask": [one((4,), 0.5), one((2, 3), 0.2), one((3, 5), 0.8)],
        "scale": [one((4,), 0.25), one((2, 4), 0.6), one((2, 3, 4), 0.9)],
        "backward": [one((4,), 0.25), one((3, 2), 0.7), one((1, 5), 0.5), resting],
        "inference": [one((4,), 0.5, False), one((2, 3), 0.75, False), one((3, 1, 4), 0.0, False)],
        "boundary": [one((3,), 0.0), (np.ones(2), np.zeros(2), 0.0, True, -np.ones(2)), equal((2, 3), 0.5), tied((3, 4), 0.25)],
    }


def _near(given, wanted):
    return np.shape(given) == wanted.shape and np.allclose(given, wanted, rtol=1e-6, atol=1e-6)


def holds_shapes(arguments, given):
    """Only the shapes count."""
    return len(given) == 2 and all(np.shape(each) == arguments[0].shape for each in given)


def holds_mask(arguments, given):
    """Only which elements are left counts."""
    return len(given) == 2 and np.array_equal(np.asarray(given[0]) != 0, reference(*arguments)[0] != 0)


def holds_scale(arguments, given):
    """Only the output counts."""
    return len(given) == 2 and _near(given[0], reference(*arguments)[0])


def holds_backward(arguments, given):
    """Only the gradient counts."""
    return len(given) == 2 and _near(given[1], reference(*arguments)[1])
