"""Reservoir sampling: one pass, k items in memory, and every item of a stream of unknown length is kept alike."""
import numpy as np

LENGTH = 50  # items in the stream, which the sampler is not told, 20..200
KEEP = 5  # items kept, 1..10
RULE = "shrinking"  # chance that a new item enters: one of shrinking, constant
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
rounds = 4000

def reservoir(stream):
    """Keep the first items; item i then enters with probability KEEP/i, in a random place."""
    kept = []
    for i, item in enumerate(stream, 1):
        if i <= KEEP:
            kept.append(item)
            continue
        place = rng.integers(i if RULE == "shrinking" else 2 * KEEP)
        if place < KEEP:
            kept[place] = item
    return kept

times = np.zeros(LENGTH)
for _ in range(rounds):
    times[reservoir(range(LENGTH))] += 1
share, fair = times / rounds, KEEP / LENGTH
error = np.sqrt(fair * (1 - fair) / rounds)

print(f"{KEEP} of {LENGTH} kept, {rounds} rounds; fair share {fair:.3f} +- {2 * error:.3f}")
for start in range(0, LENGTH, LENGTH // 5):
    part = share[start:start + LENGTH // 5]
    print(f"items {start:3} to {start + len(part) - 1:3}: kept in {part.mean():.3f}  {'#' * round(100 * part.mean())}")
assert abs(share.sum() - KEEP) < 1e-9, "each round keeps the same number"
assert np.abs(share - fair).max() < 5 * error, "not fair: late items push out early ones"
