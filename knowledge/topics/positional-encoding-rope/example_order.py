"""Without positions attention cannot tell "a before b" from "b before a"; with them a linear readout can."""
import numpy as np

POSITIONS = True  # add sinusoidal encodings to the token vectors
LENGTH = 8  # tokens of a sequence, 4..12
HEADS = 40  # attention heads with random weights, 10..80
TRAIN = 2000  # training sequences, 500..4000
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
d, words = 16, 10  # words 0 and 1 are the two whose order is asked
embed = rng.standard_normal((words, d))

angle = np.arange(LENGTH)[:, None] * 10000.0 ** (-np.arange(0, d, 2) / d)
encoding = np.empty((LENGTH, d))
encoding[:, 0::2], encoding[:, 1::2] = np.sin(angle), np.cos(angle)

def sequences(n):
    """Return n sequences that hold word 0 and word 1 once each, and whether 0 comes first."""
    tokens = rng.integers(2, words, (n, LENGTH))
    places = np.array([rng.choice(LENGTH, 2, replace=False) for _ in range(n)])
    tokens[np.arange(n), places[:, 0]], tokens[np.arange(n), places[:, 1]] = 0, 1
    return tokens, np.where(places[:, 0] < places[:, 1], 1.0, -1.0)

wq, wk, wv = rng.standard_normal((3, HEADS, d, d)) / np.sqrt(d)

def features(tokens, positions):
    """One layer of attention with random heads, averaged over the positions: n, HEADS * d."""
    x = embed[tokens] + (encoding if positions else 0)
    parts = []
    for q, k, v in zip(wq, wk, wv):
        s = (x @ q) @ (x @ k).swapaxes(1, 2) / np.sqrt(d)
        a = np.exp(s - s.max(axis=-1, keepdims=True))
        parts.append((a / a.sum(axis=-1, keepdims=True) @ (x @ v)).mean(axis=1))
    return np.concatenate(parts, axis=1)

def accuracy(positions):
    (seen, y), (new, z) = sequences(TRAIN), sequences(1000)
    f = features(seen, positions)
    w = np.linalg.solve(f.T @ f + 1e-3 * np.eye(f.shape[1]), f.T @ y)  # ridge regression on ±1
    return (np.sign(features(new, positions) @ w) == z).mean()

without, used = accuracy(False), accuracy(POSITIONS)
print(f"does word 0 come before word 1? ({LENGTH} tokens, chance 0.50)")
print(f"no positions:          {without:.2f}")
print(f"{'sinusoidal positions' if POSITIONS else 'no positions again'}:  {used:.2f}")

tokens, _ = sequences(1)
order = rng.permutation(LENGTH)
same = np.abs(features(tokens, False) - features(tokens[:, order], False)).max()
print(f"no positions, tokens shuffled: features move by {same:.0e}")
assert same < 1e-12, "order leaks in without positions"
assert abs(without - 0.5) < 0.1, "something other than positions tells the order"
assert used > 0.8, "the positions do not tell the order"
