"""An A/A test: two equal settings differ by points of accuracy through the seed alone; means and error bars tell."""
import warnings
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

warnings.simplefilter("ignore", ConvergenceWarning)  # training is short on purpose
WIDTH_A = 32  # hidden units of setting A, 2..64
WIDTH_B = 32  # hidden units of setting B; as many as A for an A/A test, 2..64
PAIRS = 12  # pairs of runs, 10..30
SEED = 0  # random seed, 0..9999

x, y = load_digits(return_X_y=True)
x = (x - 4.9) / 6
order = np.random.default_rng(SEED).permutation(len(x))
train, test = order[:200], order[200:700]

def accuracy(width, seed):
    """The seed sets the initial weights and the order of the batches, nothing else."""
    net = MLPClassifier(hidden_layer_sizes=(width,), batch_size=32, max_iter=15, learning_rate_init=0.01, random_state=seed)
    return net.fit(x[train], y[train]).score(x[test], y[test])

a = np.array([accuracy(WIDTH_A, 1000 * SEED + 2 * n) for n in range(PAIRS)])
b = np.array([accuracy(WIDTH_B, 1000 * SEED + 2 * n + 1) for n in range(PAIRS)])
gain = b - a
error = gain.std(ddof=1) / PAIRS**0.5
rows = np.sqrt(a.mean() * (1 - a.mean()) / len(test))
print(f"A: {a.mean():.3f} +- {a.std(ddof=1):.3f} over {PAIRS} seeds, from {a.min():.3f} to {a.max():.3f}")
print(f"B: {b.mean():.3f} +- {b.std(ddof=1):.3f}, from {b.min():.3f} to {b.max():.3f}")
print(f"B - A in one pair of runs: {gain.min():+.3f} to {gain.max():+.3f}")
print(f"B - A in the mean: {gain.mean():+.4f} +- {error:.4f}")
print(f"standard error from {len(test)} test rows: {rows:.3f}")
assert max(gain.max(), -gain.min()) > 0.008, "no pair of runs would have misled"
assert abs(gain.mean()) < 4 * error, "the settings differ by more than chance: this is no A/A test"
