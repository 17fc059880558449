"""Judge of layer normalisation."""

import math

import numpy as np

# A mean of some millions leaves about nine digits of what is around it.
TOLERANCE = {"offset": 1e-5}


def reference(x, gamma, beta, eps):
    """Position by position, with sums that do not lose digits."""
    features = x.shape[-1]
    out = np.empty(x.shape)
    for place in np.ndindex(*x.shape[:-1]):
        row = [float(each) for each in x[place]]
        mean = math.fsum(row) / features
        variance = math.fsum((each - mean) ** 2 for each in row) / features
        for k in range(features):
            out[(*place, k)] = gamma[k] * (row[k] - mean) / math.sqrt(variance + eps) + beta[k]
    return out


def probes(rng):
    """Return the inputs of each check, small ones first."""

    def one(*shape, eps=1e-5, scale=1.0, shift=0.0):
        x = scale * rng.normal(size=shape) + shift
        return x, rng.normal(size=shape[-1]), rng.normal(size=shape[-1]), eps

    def plain(*shape, shift=0.0):
        return one(*shape, shift=shift)[0], np.ones(shape[-1]), np.zeros(shape[-1]), 1e-5

    def filled(*shape, value, eps):
        return np.full(shape, value), *one(shape[-1])[1:3], eps

    scales = np.array([[0.1], [1.0], [100.0]])
    return {
        "shape": [one(3), one(2, 3), one(1, 4), one(2, 3, 4), one(2, 1, 3, 5)],
        "normal": [plain(3), plain(2, 3), plain(4, 3, shift=2.0), plain(2, 3, 5)],
        "affine": [one(3), one(2, 4), one(3, 2, 5)],
        "eps": [one(2, 3, eps=0.5), one(4, 3, eps=2.0), one(2, 5, eps=0.01, scale=0.1)],
        "constant": [filled(2, 3, value=3.0, eps=1e-5), filled(4, 2, value=-1.5, eps=0.3), one(3, 1), one(1)],
        "independent": [plain(1, 3), one(3, 4, scale=scales), one(2, 3, 5, scale=scales, shift=np.array([[1.0], [-2.0], [3.0]]))],
        "offset": [one(3, shift=1e6), one(2, 4, shift=-3e6), one(2, 3, 5, shift=2e6, scale=0.5)],
    }


def holds_shape(arguments, given):
    """Only the shape counts."""
    return np.shape(given) == arguments[0].shape
