"""Judge of one decoding step with a KV cache."""

import math

import numpy as np


def reference(x, w_q, w_k, w_v, w_o, k_cache, v_cache):
    """One sequence and one query head at a time."""
    batch, groups, past, size = k_cache.shape
    heads = w_q.shape[1] // size
    keys = np.zeros((batch, groups, past + 1, size))
    values = np.zeros((batch, groups, past + 1, size))
    keys[:, :, :past], values[:, :, :past] = k_cache, v_cache
    output = np.zeros((batch, w_o.shape[1]))
    for b in range(batch):
        for g in range(groups):
            part = slice(g * size, (g + 1) * size)
            keys[b, g, past], values[b, g, past] = x[b] @ w_k[:, part], x[b] @ w_v[:, part]
        for h in range(heads):
            part, g = slice(h * size, (h + 1) * size), h * groups // heads
            scores = [float(key @ (x[b] @ w_q[:, part])) / math.sqrt(size) for key in keys[b, g]]
            exps = [math.exp(score - max(scores)) for score in scores]
            seen = sum(each / math.fsum(exps) * value for each, value in zip(exps, values[b, g]))
            output[b] += seen @ w_o[part]
    return output, keys, values


def _inputs(rng, batch, d, heads, groups, past, size, out, scale=1.0):
    return (
        rng.normal(size=(batch, d)) * scale, rng.normal(size=(d, heads * size)), rng.normal(size=(d, groups * size)),
        rng.normal(size=(d, groups * size)), rng.normal(size=(heads * size, out)),
        rng.normal(size=(batch, groups, past, size)) * scale, rng.normal(size=(batch, groups, past, size)),
    )


def probes(rng):
    """Inputs of each check."""
    return {
        "shape": [_inputs(rng, 1, 2, 1, 1, 1, 3, 4), _inputs(rng, 2, 5, 6, 3, 4, 2, 7)],
        "caches": [
            _inputs(rng, 1, 2, 1, 1, 1, 3, 4), _inputs(rng, 2, 3, 4, 2, 5, 3, 6), _inputs(rng, 3, 4, 6, 2, 2, 5, 3),
        ],
        "empty": [_inputs(rng, 1, 2, 1, 1, 0, 3, 4), _inputs(rng, 2, 4, 6, 3, 0, 2, 5)],
        "mha": [
            _inputs(rng, 1, 2, 1, 1, 1, 3, 4), _inputs(rng, 1, 3, 2, 2, 4, 3, 5), _inputs(rng, 2, 5, 3, 3, 6, 4, 7),
        ],
        "mqa": [_inputs(rng, 1, 3, 2, 1, 2, 4, 5), _inputs(rng, 2, 5, 3, 1, 4, 2, 6)],
        "gqa": [
            _inputs(rng, 1, 3, 4, 2, 1, 3, 2), _inputs(rng, 2, 5, 6, 3, 4, 2, 7), _inputs(rng, 3, 4, 6, 2, 5, 3, 8),
            _inputs(rng, 2, 3, 8, 4, 1, 5, 6),
        ],
        "large": [_inputs(rng, 1, 3, 2, 1, 4, 2, 5, scale=40.0), _inputs(rng, 2, 4, 6, 3, 5, 2, 3, scale=-40.0)],
    }


def holds_shape(arguments, given):
    """Three arrays of the right shapes."""
    w_o, k_cache = arguments[4], arguments[5]
    batch, groups, past, size = k_cache.shape
    output, keys, values = given
    longer = (batch, groups, past + 1, size)
    return np.shape(output) == (batch, w_o.shape[1]) and np.shape(keys) == longer and np.shape(values) == longer


def holds_caches(arguments, given):
    """Both caches, whatever the output is."""
    _, keys, values = reference(*arguments)
    return len(given) == 3 and all(
        np.shape(got) == want.shape and np.allclose(got, want, rtol=1e-6, atol=1e-6)
        for got, want in zip(given[1:], (keys, values))
    )
