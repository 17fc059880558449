"""Judge of scaled dot-product attention with a mask."""

import math

import numpy as np


def reference(q, k, v, mask=None):
    """One query at a time, over the keys it may see."""
    lead, (n, d), m = q.shape[:-2], q.shape[-2:], k.shape[-2]
    allowed = np.broadcast_to(True if mask is None else mask, (*lead, n, m))
    weights = np.zeros((*lead, n, m))
    output = np.zeros((*lead, n, v.shape[-1]))
    for place in np.ndindex(*lead):
        for i in range(n):
            keys = [j for j in range(m) if allowed[(*place, i, j)]]
            scores = [math.fsum(q[place][i] * k[place][j]) / math.sqrt(d) for j in keys]
            parts = [math.exp(score - max(scores)) for score in scores]
            for j, part in zip(keys, parts):
                weights[(*place, i, j)] = part / math.fsum(parts)
                output[place][i] += weights[(*place, i, j)] * v[place][j]
    return output, weights


def _inputs(rng, lead, n, m, d, dv, size=1.0):
    return rng.normal(size=(*lead, n, d)) * size, rng.normal(size=(*lead, m, d)) * size, rng.normal(size=(*lead, m, dv))


def _mask(rng, shape):
    """Random, with at least one key for each query, and at least one of the keys hidden."""
    mask = rng.random(shape) < 0.5
    mask[..., 0] = True
    mask[..., -1] = False
    return mask


def probes(rng):
    """Inputs of each check."""
    huge = [rng.normal(size=(2, 3)), rng.normal(size=(4, 3)), rng.normal(size=(4, 5))]
    huge[0][:] = np.abs(huge[0]) + 0.5
    huge[1][2] = 4000.0  # hidden below, and far above the others
    seen = np.array([True, True, False, True])
    # All scores near -2000: what stands for a hidden one has to be far below that.
    low = (rng.uniform(-31, -29, size=(2, 3)), rng.uniform(39, 41, size=(4, 3)), rng.normal(size=(4, 5)), seen)
    empty = _mask(rng, (3, 4))
    empty[1] = False
    batched = _mask(rng, (2, 1, 3, 5))
    batched[1, 0, 2] = False
    return {
        "shape": [_inputs(rng, (), 2, 3, 4, 5), _inputs(rng, (1,), 3, 4, 2, 5), _inputs(rng, (2, 3), 4, 6, 5, 7)],
        "values": [
            _inputs(rng, (), 1, 2, 3, 4), _inputs(rng, (), 4, 3, 2, 5), _inputs(rng, (2,), 3, 5, 4, 1),
            _inputs(rng, (2, 3), 4, 5, 6, 7), _inputs(rng, (), 3, 2, 1, 4),
        ],
        "mask": [
            (*_inputs(rng, (), 2, 4, 3, 5), _mask(rng, (2, 4))),
            (*_inputs(rng, (), 4, 5, 3, 2), np.tri(4, 5, dtype=bool)),
            (*_inputs(rng, (2,), 3, 5, 4, 6), _mask(rng, (2, 3, 5))),
        ],
        "broadcast": [
            (*_inputs(rng, (), 3, 4, 2, 5), _mask(rng, (4,))),
            (*_inputs(rng, (2, 3), 4, 6, 5, 7), _mask(rng, (4, 6))),
            (*_inputs(rng, (2, 3), 5, 4, 6, 7), _mask(rng, (2, 1, 1, 4))),
        ],
        "large": [
            _inputs(rng, (), 2, 3, 4, 5, size=60.0),
            (*_inputs(rng, (2,), 3, 5, 4, 6, size=60.0), _mask(rng, (3, 5))),
            (*(-each for each in _inputs(rng, (), 3, 4, 2, 5, size=60.0)), _mask(rng, (4,))),
            (*huge, seen),
            (-np.abs(huge[0]) * 900, np.abs(huge[1][:2]) + 1.0, huge[2][:2]),  # all scores far below zero
            low,
        ],
        "empty_row": [
            (*_inputs(rng, (), 3, 4, 2, 5), empty),
            (*_inputs(rng, (), 2, 3, 4, 5), np.zeros(3, dtype=bool)),
            (*_inputs(rng, (2, 4), 3, 5, 6, 7), batched),
        ],
    }


def holds_shape(arguments, given):
    """Two arrays of the right shapes."""
    q, k, v = arguments
    output, weights = given
    return np.shape(output) == (*q.shape[:-1], v.shape[-1]) and np.shape(weights) == (*q.shape[:-1], k.shape[-2])
