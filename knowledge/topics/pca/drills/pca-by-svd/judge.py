"""Judge of principal components by a singular value decomposition."""
import numpy as np


def reference(x, k):
    """From the eigenvectors of the covariance matrix, one component at a time."""
    n, d = x.shape
    centred = np.array([[x[i, j] - sum(x[:, j]) / n for j in range(d)] for i in range(n)])
    values, vectors = np.linalg.eigh(centred.T @ centred / (n - 1))
    components = []
    for column in reversed(range(d)):
        vector = vectors[:, column]
        components.append(vector if max(vector) > -min(vector) else -vector)
    components = np.array(components[:k])
    variances = values[::-1][:k]
    return components, centred @ components.T, variances, variances / np.trace(np.atleast_2d(np.cov(x.T)))


def _four(given):
    return isinstance(given, (tuple, list)) and len(given) == 4


def holds_shape(arguments, given):
    """Four arrays."""
    x, k = arguments
    n, d = x.shape
    return _four(given) and [np.shape(each) for each in given] == [(k, d), (n, k), (k,), (k,)]


def holds_directions(arguments, given):
    """Components up to their signs."""
    right = reference(*arguments)[0]
    if not _four(given) or np.shape(given[0]) != right.shape:
        return False
    units = np.allclose(np.linalg.norm(given[0], axis=1), 1)
    return units and np.allclose(np.abs(np.sum(np.asarray(given[0]) * right, axis=1)), 1)


def holds_signs(arguments, given):
    """The largest entry of each component is positive, and the scores are the centred data along the components."""
    x, k = arguments
    if not _four(given) or np.shape(given[0]) != (k, x.shape[1]):
        return False
    components = np.asarray(given[0])
    peaks_up = all(row[np.argmax(np.abs(row))] > 0 for row in components)
    scores = np.asarray(given[1])
    centred = scores - scores.mean(axis=0)  # whether they were centred shows elsewhere
    return peaks_up and np.allclose(centred, (x - x.mean(axis=0)) @ components.T, 1e-6, 1e-6)


def holds_variances(arguments, given):
    """The variances alone."""
    right = reference(*arguments)[2]
    return _four(given) and np.shape(given[2]) == right.shape and np.allclose(given[2], right, 1e-6, 1e-6)


def holds_ratios(arguments, given):
    """The shares alone."""
    right = reference(*arguments)[3]
    return _four(given) and np.shape(given[3]) == right.shape and np.allclose(given[3], right, 1e-6, 1e-6)


def _data(rng, n, d, mean=0.0):
    """Samples whose variances along turned axes are well apart, so that eigenvectors are sharp."""
    turned, _ = np.linalg.qr(rng.normal(size=(d, d)))
    left, _ = np.linalg.qr(rng.normal(size=(n, min(n, d))) - mean)
    sizes = 2.0 ** -np.arange(min(n, d)) * rng.uniform(2.7, 3.3, size=min(n, d))
    return (left - left.mean(axis=0)) * sizes @ turned[: min(n, d)] + mean


def probes(rng):
    """Return the inputs of each check."""
    # The largest entry of its first component is positive, and the sum of all is negative.
    against = np.outer([3.0, -1.0, -2.0, 0.0], [3.0, -2.0, -2.0]) + np.outer([0.0, 1.0, -1.0, 0.5], [0.0, 0.5, -0.5])
    plane = np.array([[2.0, 1.0], [-2.0, -1.0], [0.5, -1.0], [-0.5, 1.0], [0.0, 0.0]])
    return {
        "shape": [(_data(rng, 4, 2), 1), (_data(rng, 7, 5), 3)],
        "directions": [(plane, 1), (_data(rng, 6, 3), 2), (_data(rng, 5, 3, 20.0), 2)],
        "signs": [(plane[:, ::-1] * [1.0, -1.0], 2), (against, 1), (_data(rng, 6, 4), 3), (_data(rng, 8, 5), 4)],
        "variances": [(plane, 1), (_data(rng, 4, 3), 2), (_data(rng, 9, 5), 4)],
        "ratios": [(plane, 1), (_data(rng, 5, 3), 2), (_data(rng, 7, 4), 3)],
        "all": [
            (plane + [3.0, -4.0], 1),
            (_data(rng, 6, 4, -5.0), 3),
            (_data(rng, 7, 3) * [1.0, 30.0, 0.2], 2),
        ],
        "wide": [(np.array([[3.0], [-1.0], [4.0]]), 1), (_data(rng, 3, 5, 1.0), 2), (_data(rng, 4, 9), 3)],
    }
