"""Judge of multi-head self-attention."""

import math

import numpy as np


def reference(x, w_q, w_k, w_v, w_o, heads, causal=False):
    """One head and one query at a time; each head's part of w_o is applied by itself and summed."""
    batch, n, d = x.shape
    size = w_q.shape[1] // heads
    out = np.zeros((batch, n, d))
    for b in range(batch):
        for h in range(heads):
            part = slice(h * size, (h + 1) * size)
            q, k, v = x[b] @ w_q[:, part], x[b] @ w_k[:, part], x[b] @ w_v[:, part]
            for i in range(n):
                keys = range(i + 1) if causal else range(n)
                scores = [float(q[i] @ k[j]) / math.sqrt(size) for j in keys]
                exps = [math.exp(score - max(scores)) for score in scores]
                seen = sum(each / math.fsum(exps) * v[j] for j, each in zip(keys, exps))
                out[b, i] += seen @ w_o[part]
    return out


def _inputs(rng, batch, n, d, size, heads, causal=None, scale=1.0):
    a = size * heads
    weights = [rng.normal(size=(d, a)) for _ in range(3)]
    arguments = (rng.normal(size=(batch, n, d)) * scale, *weights, rng.normal(size=(a, d)), heads)
    return arguments if causal is None else (*arguments, causal)


def probes(rng):
    """Inputs of each check."""
    first = _inputs(rng, 1, 4, 5, 3, 2, True)
    changed = first[0].copy()
    changed[:, 2:] += rng.normal(size=(1, 2, 5))
    return {
        "shape": [_inputs(rng, 1, 2, 3, 4, 1), _inputs(rng, 2, 3, 5, 4, 2), _inputs(rng, 3, 1, 4, 2, 5, True)],
        "one_head": [
            _inputs(rng, 1, 1, 2, 3, 1), _inputs(rng, 1, 2, 3, 4, 1, False), _inputs(rng, 2, 4, 3, 5, 1),
        ],
        "heads": [
            _inputs(rng, 1, 3, 2, 4, 2), _inputs(rng, 2, 4, 5, 3, 2, False), _inputs(rng, 2, 5, 7, 2, 3),
            _inputs(rng, 3, 2, 5, 1, 4), _inputs(rng, 2, 1, 5, 3, 2),
        ],
        "causal": [
            _inputs(rng, 1, 2, 3, 4, 1, True), _inputs(rng, 2, 4, 5, 3, 2, True), _inputs(rng, 3, 5, 4, 2, 3, True),
            _inputs(rng, 2, 1, 5, 3, 2, True),
        ],
        "past_only": [first, (changed, *first[1:])],
        "large": [
            _inputs(rng, 1, 3, 4, 2, 2, scale=40.0), _inputs(rng, 2, 4, 5, 3, 2, True, scale=40.0),
            _inputs(rng, 2, 4, 3, 5, 2, True, scale=-40.0),
        ],
    }


def holds_shape(arguments, given):
    """The output has the shape of x."""
    return np.shape(given) == arguments[0].shape


def holds_past_only(arguments, given):
    """What comes out at the first two positions is what comes out of those two alone."""
    x, *rest = arguments
    return np.shape(given) == x.shape and np.allclose(
        np.asarray(given)[:, :2], reference(x[:, :2], *rest), rtol=1e-6, atol=1e-6
    )
