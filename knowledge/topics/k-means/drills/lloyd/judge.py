"""Judge of k-means by Lloyd's algorithm."""
import math

import numpy as np


def reference(x, centers, steps):
    """Point by point with the standard library."""
    points, places = x.tolist(), centers.tolist()

    def nearest(point):
        gaps = [sum((a - b) ** 2 for a, b in zip(point, place)) for place in places]
        return gaps.index(min(gaps)), min(gaps)

    for _ in range(steps):
        groups = [[] for _ in places]
        for point in points:
            groups[nearest(point)[0]].append(point)
        places = [[math.fsum(column) / len(group) for column in zip(*group)] if group else place
                  for group, place in zip(groups, places)]
    ends = [nearest(point) for point in points]
    return np.array(places), np.array([label for label, _ in ends]), math.fsum(gap for _, gap in ends)


def _three(given):
    return isinstance(given, (tuple, list)) and len(given) == 3


def holds_shape(arguments, given):
    """Centres as many as before, a label a point, one number."""
    x, centers, _ = arguments
    if not _three(given):
        return False
    ends, labels, inertia = given
    return np.shape(ends) == centers.shape and np.shape(labels) == x.shape[:1] and np.size(inertia) == 1


def holds_one_round(arguments, given):
    """The centres alone."""
    right = reference(*arguments)[0]
    return _three(given) and np.shape(given[0]) == right.shape and np.allclose(given[0], right, 1e-6, 1e-6)


def _blobs(rng, n, k, d):
    """Points around k places, and centres that start near k of the points, so that none of them starts empty."""
    x = 3 * rng.normal(size=(k, d))[rng.integers(k, size=n)] + rng.normal(size=(n, d))
    return x, x[rng.permutation(n)[:k]] + 0.01 * rng.normal(size=(k, d))


def _turning(rng):
    """Two groups on a line; the first round moves the border over a point, so labels change after the last update."""
    shift = float(rng.integers(-3, 4))
    return np.array([[0.0], [1.0], [2.0], [6.0], [7.0]]) + shift, np.array([[0.0], [3.0]]) + shift


def probes(rng):
    """Return the inputs of each check."""
    square = np.array([[0.0, 0.0], [2.0, 0.0], [4.0, 0.0], [2.0, 2.0], [-1.0, -1.0]])
    turn, start = _turning(rng)
    far = _blobs(rng, 6, 2, 3)
    lost = np.vstack([far[1], np.full((2, 3), 90.0) + rng.normal(size=(2, 3))])[[2, 0, 3, 1]]
    return {
        "shape": [(*_blobs(rng, 4, 1, 2), 1), (*_blobs(rng, 5, 2, 3), 2)],
        "assign": [
            (np.array([[0.0], [1.0], [5.0]]), np.array([[4.0], [1.0]]), 0),
            # the nearest by sums of absolute differences is another one
            (np.array([[0.0, 0.0], [-1.0, 0.5]]), np.array([[3.0, 0.0], [2.0, 1.9], [-4.0, -4.0]]), 0),
            (*_blobs(rng, 7, 3, 2), 0),
        ],
        "one_round": [
            (np.array([[0.0], [2.0], [10.0]]), np.array([[1.0], [8.0]]), 1),
            (*_blobs(rng, 5, 1, 3), 1),
            (*_blobs(rng, 8, 2, 3), 1),
        ],
        "rounds": [
            (turn, start, 3),
            (*_blobs(rng, 9, 3, 2), 2),
            (*_blobs(rng, 14, 4, 3), 6),
        ],
        "final_labels": [(turn, start, 1), (turn - 0.5, start, 2)],
        "ties": [
            (np.array([[0.0], [1.0], [2.0]]), np.array([[2.0], [0.0]]), 0),
            (square, np.array([[0.0, 0.0], [4.0, 0.0], [-1.0, -1.5]]), 1),
        ],
        "empty": [
            (np.array([[5.0], [6.0], [7.0]]), np.array([[5.0], [-40.0]]), 2),
            (far[0], lost, 3),
            # more centres than points
            (np.array([[1.0, 0.0], [8.0, 1.0]]), np.array([[50.0, 0.0], [9.0, 90.0], [7.0, 2.0], [0.0, 0.0]]), 2),
        ],
    }
