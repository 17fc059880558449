"""Judge of top-k and top-p filtering."""

import math

import numpy as np


def reference(logits, k=0, p=1.0, temperature=1.0):
    """Row by row: rank the tokens, walk down until enough mass is kept."""
    out = np.zeros(logits.shape)
    for row in np.ndindex(logits.shape[:-1]):
        line = logits[row]
        tokens = sorted(range(len(line)), key=lambda token: (-line[token], token))
        if k > 0:
            tokens = tokens[:k]
        top = line[tokens[0]]
        parts = [math.exp((line[token] - top) / temperature) for token in tokens]
        total = math.fsum(parts)
        kept, mass = [], 0.0
        for token, part in zip(tokens, parts):
            kept.append((token, part))
            mass += part / total
            if mass >= p:
                break
        for token, part in kept:
            out[(*row, token)] = part / math.fsum(each for _, each in kept)
    return out


def _logits(rng, batch, vocab, spread=1.5):
    """Different logits, no two of a row nearer than 0.1 × spread, so that no sum comes near p by rounding alone."""
    ranks = np.stack([rng.permutation(vocab) for _ in range(batch)])
    return spread * (ranks * 0.5 + rng.uniform(-0.2, 0.2, size=(batch, vocab)) - vocab / 4)


def probes(rng):
    """Inputs of each check."""
    banned = _logits(rng, 3, 5)
    banned[np.arange(3), rng.integers(5, size=3)] = -np.inf
    mostly_banned = np.full((2, 5), -np.inf)
    mostly_banned[0, rng.integers(5)] = 3.0
    mostly_banned[1, :2] = rng.permutation([0.5, -0.3])
    equal = np.zeros((1, 4))
    # four and two equal logits: powers of two keep the sums exact
    halves = np.full((2, 8), -np.inf)
    halves[0, rng.permutation(8)[:4]] = 1.25
    halves[1, rng.permutation(8)[:2]] = -2.0
    tied = rng.permuted(np.array([[2.0, 1.0, 1.0, 1.0, 0.0, -1.0]] * 3), axis=1)
    return {
        "shape": [(_logits(rng, 1, 2)[0],), (_logits(rng, 3, 5), 2, 0.7), (_logits(rng, 6, 7).reshape(2, 3, 7), 3, 0.5, 0.8)],
        "softmax": [
            (_logits(rng, 1, 2),), (_logits(rng, 3, 5), 0, 1.0, 2.5), (_logits(rng, 2, 6), 6, 1.0, 0.4),
            (_logits(rng, 2, 4), 9), (rng.normal(size=(4, 1)), 1, 0.5),
        ],
        "top_k": [
            (_logits(rng, 1, 3)[0], 1), (_logits(rng, 2, 5), 2), (_logits(rng, 3, 7), 4, 1.0, 1.7),
            (_logits(rng, 6, 4).reshape(3, 2, 4), 3, 1.0, 0.5),
        ],
        "top_p": [
            (_logits(rng, 1, 3)[0], 0, 0.9), (_logits(rng, 3, 7), 0, 0.05), (_logits(rng, 4, 6), 0, 0.8, 2.0),
            (_logits(rng, 2, 8, 0.3), 0, 0.85), (_logits(rng, 6, 8, 0.3).reshape(3, 2, 8), 0, 0.97, 0.6),
        ],
        "both": [
            (_logits(rng, 2, 5, 0.4), 3, 0.6), (_logits(rng, 3, 8, 0.4), 4, 0.7, 1.3), (_logits(rng, 2, 9, 0.3), 5, 0.75, 0.8),
            (_logits(rng, 6, 7, 0.6).reshape(2, 3, 7), 3, 0.5), (_logits(rng, 2, 6, 0.3), 20, 0.7),
            (np.log([[0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]]), 2, 0.5),
        ],
        "boundary": [(equal, 0, 0.5), (equal, 0, 0.25), (halves, 0, 0.5), (halves, 4, 0.75), (np.zeros((2, 5)), 2, 0.5)],
        "ties": [
            (tied, 2), (tied, 3, 1.0, 0.5), (np.ones((2, 4)), 1), (tied[:2], 4, 0.8), (np.zeros((1, 40)), 30),
            (rng.integers(3, size=(1, 40)) / 2, 20),
        ],
        "large": [
            (_logits(rng, 2, 5) * 1000,), (_logits(rng, 2, 3) + 2000.0, 2), (_logits(rng, 3, 4) - 3000.0, 0, 0.7),
            (banned, 4, 0.9), (banned, 0, 0.95, 2.0), (mostly_banned,), (mostly_banned, 3, 0.5),
        ],
    }


def holds_shape(arguments, given):
    """A distribution in each row."""
    given = np.asarray(given)
    return given.shape == arguments[0].shape and bool((given >= 0).all() and np.allclose(given.sum(axis=-1), 1.0))
