"""A thousand tests: raw p-values bring dozens of false discoveries; Bonferroni and Benjamini-Hochberg hold them back."""
import numpy as np
from scipy import stats

EFFECT = 0.8  # size of the real effects, in standard deviations, 0..2
REAL = 100  # real effects among the 1000 tests, 50..500
Q = 0.1  # false discovery rate that is aimed at, 0.05..0.3
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
m, rows, rounds = 1000, 25, 40
real = np.arange(m) < REAL

def benjamini_hochberg(p):
    """Reject the smallest i p-values, i the largest with p_(i) <= i*Q/m."""
    order = np.argsort(p)
    below = np.flatnonzero(p[order] <= Q * np.arange(1, m + 1) / m)
    reject = np.zeros(m, dtype=bool)
    reject[order[:below[-1] + 1 if len(below) else 0]] = True
    return reject

found, false, rate = ({name: [] for name in ("raw 0.05", "Bonferroni", "BH")} for _ in range(3))
for _ in range(rounds):
    data = rng.standard_normal((m, rows)) + EFFECT * real[:, None]
    p = stats.ttest_1samp(data, 0, axis=1).pvalue
    bh = benjamini_hochberg(p)
    assert (bh == (stats.false_discovery_control(p) <= Q)).all(), "by hand and SciPy should agree"
    for name, reject in (("raw 0.05", p < 0.05), ("Bonferroni", p < 0.05 / m), ("BH", bh)):
        found[name].append((reject & real).sum())
        false[name].append((reject & ~real).sum())
        rate[name].append((reject & ~real).sum() / max(1, reject.sum()))

print(f"{m} tests, {REAL} real effects of {EFFECT}; means of {rounds} rounds")
print("rule         found  false  share false")
for name in found:
    print(f"{name:11} {np.mean(found[name]):6.1f} {np.mean(false[name]):6.1f} {np.mean(rate[name]):12.3f}")
assert np.mean(false["raw 0.05"]) > 20, "raw p-values should bring false discoveries"
assert np.mean(false["Bonferroni"]) < 0.4, "Bonferroni should hardly ever be wrong"
assert np.mean(rate["BH"]) < 1.2 * Q, "Benjamini-Hochberg should hold the share of false discoveries at Q"
assert np.mean(found["BH"]) > 1.2 * np.mean(found["Bonferroni"]) + 1, "nothing real is found"
