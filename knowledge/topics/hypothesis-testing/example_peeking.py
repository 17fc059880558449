"""Peeking: looking after every batch and stopping at p < 0.05 multiplies the false alarms."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from scipy import stats

LOOKS = 10  # looks at the data, evenly spaced, 1..50
LIMIT = 0.05  # p-value at which the test is stopped, 0.001..0.1
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
experiments, batch = 4000, 50

# A/A tests: both groups are alike, so every "winner" is a false alarm. Variance 1 is known: a z-test.
gains = rng.standard_normal((experiments, LOOKS, batch)) - rng.standard_normal((experiments, LOOKS, batch))
rows = batch * np.arange(1, LOOKS + 1)
z = gains.sum(axis=2).cumsum(axis=1) / np.sqrt(2 * rows)
p = 2 * stats.norm.sf(np.abs(z))

at_the_end = (p[:, -1] < LIMIT).mean()
ever = (np.minimum.accumulate(p, axis=1) < LIMIT).mean(axis=0)  # stopped at this look or before
print(f"{experiments} A/A tests, limit {LIMIT}")
print("looks  false alarms so far")
for look in sorted({1, 2, 5, LOOKS}):
    if look <= LOOKS:
        print(f"{look:5} {ever[look - 1]:10.3f}  {'#' * round(100 * ever[look - 1])}")
print(f"one look, at the end: {at_the_end:.3f}")
stopped = (p < LIMIT).any(axis=1)
first = (p < LIMIT).argmax(axis=1)[stopped]
seen = np.abs(z[stopped, first]) * np.sqrt(2 / rows[first])
print(f"'effect' at the stop: {seen.mean():.2f} std. dev., truth 0")

fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.plot(np.arange(1, LOOKS + 1), ever, "o-", label="stop at the first p below the limit")
ax.axhline(LIMIT, color="red", ls="--", label="what was promised")
ax.set(xlabel="looks at the data", ylabel="share of false alarms", ylim=(0, None))
ax.legend()
fig.savefig("peeking.png", dpi=150)

error = np.sqrt(LIMIT * (1 - LIMIT) / experiments)
assert abs(at_the_end - LIMIT) < 5 * error, "a single look keeps the level"
assert ever[-1] > 2 * LIMIT, "with so few looks peeking does no harm"
