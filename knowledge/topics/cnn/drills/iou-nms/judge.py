"""Judge of IoU and non-maximum suppression."""

import numpy as np


def reference(boxes, scores, threshold):
    """Pair by pair, then a queue from which the best box takes away what overlaps it."""
    n = len(boxes)
    iou = np.zeros((n, n))
    for i, (left, top, right, bottom) in enumerate(boxes):
        for j, (other_left, other_top, other_right, other_bottom) in enumerate(boxes):
            width = max(0.0, min(right, other_right) - max(left, other_left))
            height = max(0.0, min(bottom, other_bottom) - max(top, other_top))
            both = (right - left) * (bottom - top) + (other_right - other_left) * (other_bottom - other_top)
            union = both - width * height
            iou[i, j] = width * height / union if union > 0 else 0.0
    queue = sorted(range(n), key=lambda index: (-scores[index], index))
    keep = []
    while queue:
        best = queue.pop(0)
        keep.append(best)
        queue = [index for index in queue if not iou[best, index] > threshold]
    return keep, iou


def _boxes(rng, n, spread=6.0):
    corner = rng.uniform(-spread, spread, size=(n, 2))
    return np.concatenate([corner, corner + rng.uniform(1.0, 6.0, size=(n, 2))], axis=1)


def _scores(rng, n):
    return rng.permutation(n) / (n + 1.0) + rng.uniform(0.01, 0.05)


def probes(rng):
    """Inputs of each check."""
    shift = rng.integers(-9, 9, size=4) / 2.0
    shift[2:] = shift[:2]
    inside = np.array([[0.0, 0.0, 8.0, 4.0], [1.0, 1.0, 3.0, 2.0], [5.0, 1.0, 8.0, 4.0]]) + shift
    apart = np.array([[0.0, 0.0, 2.0, 3.0], [5.0, 7.0, 9.0, 8.5], [0.5, 6.0, 1.0, 9.0], [6.0, 1.0, 9.0, 2.0]]) + shift
    touching = np.array([[0.0, 0.0, 2.0, 3.0], [2.0, 0.0, 5.0, 3.0], [2.0, 3.0, 4.0, 7.0], [0.0, 3.0, 1.0, 4.0]]) + shift
    flat = np.array([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 3.0, 2.0], [0.0, 1.0, 3.0, 1.0]]) + shift
    # Each overlaps the next by 3 of 5 (IoU .6), and the next but one by 2 of 6 (IoU 1/3).
    chain = np.array([[float(i), 0.0, i + 4.0, 2.0] for i in range(5)]) + shift
    # Exactly one half, and exactly one quarter
    halves = np.array([[0.0, 0.0, 4.0, 2.0], [0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 1.0, 2.0]]) + shift
    same = np.tile(_boxes(rng, 1), (3, 1))
    pairs = np.concatenate([_boxes(rng, 3), _boxes(rng, 3)])
    pairs[3:] = pairs[:3]
    return {
        "shape": [(_boxes(rng, 1), _scores(rng, 1), 0.5), (_boxes(rng, 3), _scores(rng, 3), 0.5), (_boxes(rng, 5), _scores(rng, 5), 0.3)],
        "iou": [
            (inside, _scores(rng, 3), 0.5), (_boxes(rng, 2, 1.0), _scores(rng, 2), 0.5), (_boxes(rng, 7, 2.0), _scores(rng, 7), 0.4),
        ],
        "apart": [(apart, _scores(rng, 4), 0.1), (touching, _scores(rng, 4), 0.0), (_boxes(rng, 6, 30.0), _scores(rng, 6), 0.2)],
        "no_area": [(flat[:1], _scores(rng, 1), 0.5), (flat, _scores(rng, 4), 0.5), (flat, _scores(rng, 4), 0.0)],
        "keep": [
            (same[:2], np.array([0.25, 0.75]), 0.5), (_boxes(rng, 5, 2.0), _scores(rng, 5), 0.2),
            (_boxes(rng, 9, 3.0), _scores(rng, 9), 0.3), (_boxes(rng, 12, 4.0), -_scores(rng, 12), 0.15),
            (_boxes(rng, 8, 2.0), 100.0 * _scores(rng, 8), 0.0), (_boxes(rng, 4, 1.0), _scores(rng, 4), 1.0),
        ],
        "chain": [
            (chain[:3], np.array([0.9, 0.8, 0.7]), 0.5), (chain, np.array([0.9, 0.8, 0.7, 0.6, 0.5]), 0.5),
            (chain, np.array([0.3, 0.5, 0.4, 0.2, 0.1]), 0.5), (chain, np.array([0.9, 0.8, 0.7, 0.6, 0.5]), 0.3),
        ],
        "threshold": [
            (halves[:2], np.array([0.9, 0.8]), 0.5), (halves, np.array([0.9, 0.8, 0.7]), 0.5), (halves, np.array([0.7, 0.8, 0.9]), 0.25),
        ],
        "ties": [
            (same, np.array([0.5, 0.5, 0.5]), 0.5), (pairs, np.array([0.3, 0.6, 0.3, 0.3, 0.6, 0.3]), 0.7),
            (apart, np.array([0.4, 0.4, 0.8, 0.4]), 0.5), (_boxes(rng, 20, 9.0), np.repeat(0.5, 20), 0.1),
        ],
        "none": [(np.zeros((0, 4)), np.zeros(0), 0.5)],
    }


def _is_pair(arguments, given):
    n = len(arguments[0])
    return len(given) == 2 and np.shape(given[1]) == (n, n) and np.ndim(given[0]) == 1


def holds_shape(arguments, given):
    """A square of IoU; indices without repeats, one at least."""
    keep = np.asarray(given[0]).tolist()
    return _is_pair(arguments, given) and 1 <= len(keep) == len(set(keep)) and set(keep) <= set(range(len(arguments[0])))


def _iou(arguments, given):
    return _is_pair(arguments, given) and np.allclose(given[1], reference(*arguments)[1], rtol=1e-6, atol=1e-6)


holds_iou = holds_apart = holds_no_area = _iou


def holds_keep(arguments, given):
    """The indices alone."""
    return len(given) == 2 and np.array_equal(given[0], reference(*arguments)[0])


holds_chain = holds_threshold = holds_ties = holds_keep


def holds_none(arguments, given):
    """Nothing kept, and no pairs; an empty array is as good as an empty list."""
    keep, iou = given
    return np.shape(keep) == (0,) and np.shape(iou) == (0, 0)
