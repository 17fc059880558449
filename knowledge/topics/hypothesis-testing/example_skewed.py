"""Skewed data, one small group: the t-test raises too many false alarms, the permutation test keeps its level."""
import numpy as np
from scipy import stats

SKEW = 1.0  # sigma of the log-normal data; 0 takes normal data, 0..1.5
SMALL = 8  # rows of the small group, 5..30
LARGE = 60  # rows of the large group, 30..200
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
blocks, trials, shuffles = 40, 100, 399
rows = SMALL + LARGE

def draw(shape):
    x = rng.standard_normal(shape)
    return np.exp(SKEW * x) if SKEW else x

def permutation_p(both):
    """How often random labels give a difference of means as large as the true ones do; a test for each row of `both`."""
    labels = np.zeros((shuffles + 1, rows))
    labels[0, :SMALL] = 1  # the true labels count, too
    picks = rng.random((shuffles, rows)).argsort(axis=1)[:, :SMALL]
    np.put_along_axis(labels[1:], picks, 1, axis=1)
    small = both @ labels.T
    gap = np.abs(small / SMALL - (both.sum(axis=1, keepdims=True) - small) / LARGE)
    return (gap >= gap[:, :1] - 1e-12).mean(axis=1)

p = {"Welch's t": [], "permutation": [], "Mann-Whitney": []}
for _ in range(blocks):
    both = draw((trials, rows))  # the same distribution: every rejection is a false alarm
    a, b = both[:, :SMALL], both[:, SMALL:]
    p["Welch's t"].append(stats.ttest_ind(a, b, axis=1, equal_var=False).pvalue)
    p["permutation"].append(permutation_p(both))
    p["Mann-Whitney"].append(stats.mannwhitneyu(a, b, axis=1).pvalue)

error = np.sqrt(0.05 * 0.95 / blocks / trials)
print(f"no difference, {SMALL} against {LARGE} rows, {blocks * trials} trials")
print(f"false alarms at 5 % (+- {2 * error:.3f})")
level = {name: (np.array(values) <= 0.05).mean() for name, values in p.items()}
for name, share in level.items():
    print(f"{name:13} {share:.3f}  {'#' * round(200 * share)}")
assert abs(level["permutation"] - 0.05) < 6 * error, "the permutation test is exact if the distributions are equal"
assert level["Welch's t"] > 0.05 + 6 * error, "the t-test keeps its level on these data"
