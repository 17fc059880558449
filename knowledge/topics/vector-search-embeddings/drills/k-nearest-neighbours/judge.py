"""Judge of classification by k nearest neighbours."""
import numpy as np


def reference(train, labels, queries, k):
    """Query by query with sorted tuples: (distance, index) and (votes, class) carry the rules for ties."""
    predicted, neighbours = [], []
    for query in queries.tolist():
        gaps = [(sum((a - b) ** 2 for a, b in zip(query, point)), i) for i, point in enumerate(train.tolist())]
        near = [i for _, i in sorted(gaps)[:k]]
        votes = [int(labels[i]) for i in near]
        predicted.append(min(set(votes), key=lambda label: (-votes.count(label), label)))
        neighbours.append(near)
    return np.array(predicted), np.array(neighbours)


def _two(given):
    return isinstance(given, (tuple, list)) and len(given) == 2


def holds_shape(arguments, given):
    """A class for every query, and k neighbours."""
    _, _, queries, k = arguments
    return _two(given) and np.shape(given[0]) == queries.shape[:1] and np.shape(given[1]) == (len(queries), k)


def holds_neighbours(arguments, given):
    """The neighbours alone."""
    return _two(given) and np.array_equal(given[1], reference(*arguments)[1])


def _data(rng, n, m, d):
    """Two classes: an odd number of neighbours leaves no tie of votes, which has a check of its own."""
    return rng.normal(size=(n, d)), 1 + 3 * rng.integers(2, size=n), rng.normal(size=(m, d))


def probes(rng):
    """Return the inputs of each check."""
    line = np.array([[0.0], [1.0], [3.0], [6.0], [10.0]])
    # Small whole numbers: their distances are exact, and most are shared by several points.
    grid, classes = rng.integers(-2, 3, size=(40, 2)).astype(float), 2 * rng.integers(2, size=40)
    column = np.array([[1.0], [3.0], [1.0], [3.0]])
    diagonal = np.array([[2.0, 2.0], [3.0, 0.0], [0.0, 3.5], [-1.0, -4.0], [6.0, 5.0]])
    return {
        "shape": [(*_data(rng, 4, 1, 2), 3), (*_data(rng, 6, 4, 3), 2)],
        "neighbours": [
            (line, np.array([0, 0, 1, 1, 2]), np.array([[2.4]]), 3),
            (diagonal, np.array([0, 1, 1, 0, 2]), np.array([[0.0, 0.0]]), 3),
            (*_data(rng, 7, 3, 2), 4),
            (*_data(rng, 9, 2, 3), 5),
            (*_data(rng, 30, 2, 3), 9),
        ],
        "votes": [
            (line, np.array([7, 0, 0, 7, 7]), np.array([[0.4], [9.0]]), 3),
            (np.array([[0.0], [1.0], [2.0], [9.0]]), np.array([0, 7, 0, 3]), np.array([[0.9]]), 3),
            (*_data(rng, 12, 5, 3), 7),
        ],
        "extremes": [
            (*_data(rng, 5, 3, 2), 1),
            (*_data(rng, 5, 2, 3), 5),
            (np.array([[4.0]]), np.array([2]), np.array([[0.0], [9.0]]), 1),
        ],
        "equal_distances": [
            (column, np.array([2, 1, 2, 0]), np.array([[2.0]]), 3),
            (grid, classes, np.array([[0.0, 0.0], [1.0, -1.0], [0.5, 0.5]]), 11),
        ],
        "equal_votes": [
            (line, np.array([5, 3, 8, 3, 3]), np.array([[-1.0]]), 3),
            (line, np.array([4, 4, 1, 1, 0]), np.array([[0.0]]), 4),
            (line + rng.normal(), np.array([2, 1, 0, 1, 2]), np.array([[-3.0], [30.0]]), 5),
        ],
    }
