"""P-values are uniform if the null hypothesis is true: 5 in 100 lie below 0.05, whatever the sample size."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from scipy import stats

EFFECT = 0.0  # true difference of the two means, in standard deviations, -1..1
ROWS = 20  # rows in each group, 5..200
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
tests = 4000

def p_values(effect, rows):
    """One p-value a test; by hand, as the formula says."""
    a, b = rng.standard_normal((tests, rows)), effect + rng.standard_normal((tests, rows))
    pooled = (a.var(axis=1, ddof=1) + b.var(axis=1, ddof=1)) / 2
    t = (b.mean(axis=1) - a.mean(axis=1)) / np.sqrt(pooled * 2 / rows)
    p = 2 * stats.t.sf(np.abs(t), df=2 * rows - 2)
    assert np.allclose(p, stats.ttest_ind(a, b, axis=1).pvalue), "by hand and SciPy should agree"
    return p

null, large, real = p_values(EFFECT, ROWS), p_values(EFFECT, 10 * ROWS), p_values(0.8, ROWS)
print(f"{tests} t-tests, share of p-values below   0.01   0.05   0.50")
shares = {}
for name, p in ((f"difference {EFFECT}, {ROWS} rows", null), (f"difference {EFFECT}, {10 * ROWS} rows", large),
                (f"difference 0.8, {ROWS} rows", real)):
    shares[name] = [(p < level).mean() for level in (0.01, 0.05, 0.5)]
    print(f"{name:34}", *(f"{share:6.3f}" for share in shares[name]))
hundreds = (null.reshape(-1, 100) < 0.05).sum(axis=1)
print(f"'discoveries' in each 100 tests: {hundreds.min()} to {hundreds.max()}, mean {hundreds.mean():.1f}")

plt.rcParams["font.size"] = 11
fig, axes = plt.subplots(2, 1, figsize=(6, 6.5), sharex=True, layout="constrained")
for ax, p, title in ((axes[0], null, f"difference {EFFECT}"), (axes[1], real, "difference 0.8")):
    ax.hist(p, bins=20, range=(0, 1))
    ax.axvline(0.05, color="red", ls="--")
    ax.set(title=title, ylabel="t-tests")
axes[1].set_xlabel("p-value (dashed: 0.05)")
fig.savefig("p_values.png", dpi=150)

for p in (null, large):
    assert stats.kstest(p, "uniform").pvalue > 1e-4, "these p-values are not uniform: the null hypothesis is false"
    assert abs((p < 0.05).mean() - 0.05) < 5 * np.sqrt(0.05 * 0.95 / tests), "false alarms are not 5 in 100"
assert (real < 0.05).mean() > 0.6, "a real effect should be found more often than not"
