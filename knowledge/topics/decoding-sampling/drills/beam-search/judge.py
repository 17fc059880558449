"""Judge of beam search."""

import heapq
import math

import numpy as np


def reference(table, start, end, beams, steps):
    """Sequences as tuples on a heap of (cost, tokens); the score is summed anew for each."""

    def cost(tokens):
        return -math.fsum(table[here, there] for here, there in zip(tokens, tokens[1:]))

    beam = [(0.0, (start,))]
    for _ in range(steps):
        heap = [entry for entry in beam if entry[1][-1] == end]
        for _, tokens in beam:
            if tokens[-1] != end:
                longer = [(*tokens, token) for token in range(len(table)) if table[tokens[-1], token] != -math.inf]
                heap += [(cost(each), each) for each in longer]
        beam = heapq.nsmallest(beams, heap)
    return [(list(tokens), -paid) for paid, tokens in beam]


def _table(rng, size, end_at=None, end_score=-1.0):
    """Log-probabilities by chance, rows normalised; the column of the end can be set apart."""
    logits = rng.normal(size=(size, size)) * 1.5
    table = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    if end_at is not None:
        table[:, end_at] = end_score + rng.uniform(-0.2, 0.2, size=size)
    return table


def _quarters(rng, size, levels):
    """Multiples of 1/4, so that sums are exact and ties are many."""
    return -rng.integers(1, levels + 1, size=(size, size)) / 4.0


def _trap(rng):
    """The best first step leads to bad second ones; 3 is the end."""
    low = rng.uniform(0.0, 0.1, size=(4, 4))
    return low + np.array([
        [-9.0, -0.5, -1.2, -8.0], [-3.0, -3.5, -3.2, -4.0], [-2.5, -2.0, -9.0, -0.2], [-0.1, -0.3, -0.2, -0.4],
    ])


def probes(rng):
    """Inputs of each check."""
    equal = np.full((4, 4), -0.5)
    sparse = np.full((4, 4), -np.inf)
    sparse[0, 1], sparse[0, 3], sparse[1, 2], sparse[2, 3], sparse[2, 1] = -rng.uniform(0.2, 2.0, size=5)
    dead = np.full((3, 3), -np.inf)
    dead[0, 1] = -0.5  # and from 1 there is no way on
    dead[2, 0] = -0.25
    one_way = np.full((3, 3), -np.inf)
    one_way[0, 2] = one_way[2, 1] = -0.75
    # Beside [0, 3], finished at once, a beam of 2 has place for one more: what begins [0, 1, 2] is lost, though it ends better.
    place = rng.uniform(0.0, 0.02, size=(4, 4)) + np.array([
        [-6.0, -0.5, -4.0, -0.25], [-5.0, -0.5, -0.625, -7.0], [-5.0, -4.0, -0.125, -6.0], [-0.1, -0.2, -0.3, -0.1],
    ])
    # After two steps [0, 1, 2], [0, 2, 1] and [0, 3] all score -1: neither length nor the better beginning comes first.
    level = rng.uniform(-9.0, -7.0, size=(4, 4))
    level[0, 1:], level[1, 2], level[2, 1] = (-0.5, -0.25, -1.0), -0.5, -0.75
    early = _table(rng, 5, end_at=4, end_score=-0.6)
    # [0, 2] is ahead of [0, 1] until both reach 3 with the same score: then the smaller list comes first.
    first, second = rng.integers(1, 4, size=2) / 4.0
    caught_up = np.full((4, 4), -8.0)
    caught_up[0, 1], caught_up[1, 3] = -first - 0.25, -second
    caught_up[0, 2], caught_up[2, 3] = -first, -second - 0.25
    checks = {
        "start": [
            (_table(rng, 3), 1, 2, 2, 0), (_table(rng, 3), 0, 2, 1, 1), (_table(rng, 4), 2, 0, 3, 1),
        ],
        "greedy": [(_table(rng, 3), 0, 2, 1, 2), (_table(rng, 5), 3, 4, 1, 4), (_table(rng, 4, 1, -5.0), 2, 1, 1, 5)],
        "beyond_greedy": [(_trap(rng), 0, 3, 2, 2), (_trap(rng), 0, 3, 2, 3), (_trap(rng), 0, 3, 3, 2)],
        "finished": [
            (place, 0, 3, 2, 3), (early, 0, 4, 2, 3), (early, 1, 4, 3, 4), (early, 2, 4, 4, 5), (_table(rng, 4, 0, -0.4), 3, 0, 3, 6),
            (_table(rng, 3, 1, -2.0), 0, 1, 2, 5), (_table(rng, 3), 1, 1, 2, 4),
        ],
        "ties": [
            (equal, 0, 3, 2, 1), (caught_up, 0, 3, 2, 2), (level, 0, 3, 3, 2), (equal, 1, 3, 3, 3), (equal, 2, 0, 4, 2),
            (_quarters(rng, 4, 2), 0, 3, 3, 3),
            (_quarters(rng, 5, 3), 2, 4, 4, 4), (_quarters(rng, 5, 2), 1, 0, 5, 3),
        ],
        "impossible": [
            (sparse, 0, 3, 2, 1), (sparse, 0, 3, 4, 3), (sparse, 0, 3, 3, 6), (dead, 0, 2, 2, 1), (dead, 0, 2, 2, 3),
            (one_way, 0, 2, 3, 4),
        ],
        "random": [
            (_table(rng, 4), 0, 3, 2, 3), (_table(rng, 5), 1, 0, 3, 4), (_table(rng, 6, 5, -1.5), 2, 5, 4, 5),
            (_table(rng, 7, 6, -2.0), 0, 6, 5, 4), (_table(rng, 5) + 1.0, 0, 4, 3, 4),
        ],
    }
    # The same steps in another order are a tie: on this grid sums are exact, so that it is one in every order of adding.
    return {
        check: [(np.round(table * 1024) / 1024, *rest) for table, *rest in calls] for check, calls in checks.items()
    }
