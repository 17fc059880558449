"""Judge of RoPE with neighbouring pairs."""

import numpy as np

# Frequencies made in single precision, as PyTorch makes them unasked, are right.
TOLERANCE = {"values": 1e-5, "positions": 5e-4, "base": 1e-5}


def reference(x, positions, base=10000.0):
    """Pair by pair as complex numbers, each multiplied by a turn."""
    d = x.shape[-1]
    out = np.array(x, dtype=float)
    for row, position in enumerate(positions):
        for i in range(d // 2):
            pair = x[..., row, 2 * i] + 1j * x[..., row, 2 * i + 1]
            turned = pair * np.exp(1j * float(position) * base ** (-2.0 * i / d))
            out[..., row, 2 * i], out[..., row, 2 * i + 1] = turned.real, turned.imag
    return out


def _same_vector(rng, n, d):
    return np.tile(rng.normal(size=d), (n, 1))


def probes(rng):
    """Inputs of each check."""
    gaps = np.cumsum(rng.integers(2, 9, size=4))
    return {
        "shape": [
            (rng.normal(size=(3, 2)), np.arange(3)), (rng.normal(size=(2, 3, 5, 4)), np.arange(5)),
            (rng.normal(size=(2, 1, 6)), np.array([5])),
        ],
        "position_zero": [
            (rng.normal(size=(1, 2)), np.array([0])), (rng.normal(size=(2, 1, 6)), np.array([0])),
            (rng.normal(size=(3, 4)), np.zeros(3, dtype=int)),
        ],
        "values": [
            (rng.normal(size=(2, 4)), np.arange(2)), (rng.normal(size=(5, 6)), np.arange(5)),
            (rng.normal(size=(3, 2)), np.arange(3)), (rng.normal(size=(2, 3, 5, 8)), np.arange(5)),
        ],
        "positions": [
            (rng.normal(size=(1, 4)), np.array([1])), (rng.normal(size=(2, 1, 6)), np.array([7])),
            (rng.normal(size=(4, 6)), gaps), (rng.normal(size=(3, 4, 2)), gaps[::-1].copy()),
            (rng.normal(size=(3, 8)), np.array([1000, 2, 30])),
        ],
        "relative": [(_same_vector(rng, 5, 6), np.arange(5)), (_same_vector(rng, 4, 6), np.arange(4) + 20)],
        "base": [
            (rng.normal(size=(3, 4)), np.arange(3), 100.0), (rng.normal(size=(2, 3, 6)), np.array([2, 5, 9]), 500000.0),
            (rng.normal(size=(5, 8)), np.arange(5), float(rng.uniform(2, 20))),
        ],
    }


def holds_shape(arguments, given):
    """The shape is that of x."""
    return np.shape(given) == arguments[0].shape


def holds_relative(arguments, given):
    """One vector at consecutive positions: the dot product of two depends on how far apart they are, and only on that."""
    if np.shape(given) != arguments[0].shape:
        return False
    products = np.asarray(given) @ np.asarray(given).T
    near = np.diag(products, 1)
    bands = all(np.allclose(np.diag(products, k), np.diag(products, k)[0], atol=1e-4) for k in range(len(products)))
    return bool(bands and not np.isclose(near[0], products[0, 0], atol=1e-4))
