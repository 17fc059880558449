"""Averages become normal and precise with n, whatever the data look like, if their variance is finite."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from scipy import stats

DATA = "exponential"  # what is averaged: one of exponential, coin, uniform, cauchy
N = 100  # values in an average, 50..400
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
repeats = 5000

def draw(shape):
    return {"exponential": rng.exponential, "coin": lambda size: rng.integers(0, 2, size),
            "uniform": rng.random, "cauchy": rng.standard_cauchy}[DATA](size=shape)

def middle(x):
    """Width of the middle 80 % (a standard deviation may not exist)."""
    low, high = np.quantile(x, [0.1, 0.9])
    return high - low

plt.rcParams["font.size"] = 11
fig, axes = plt.subplots(3, 1, figsize=(6, 8), layout="constrained")
width, distance = {}, {}
print(f"{repeats} averages of n values, data: {DATA}")
print("   n   width of the middle   distance from a normal")
for ax, n in zip(axes, (1, 5, N)):
    means = draw((repeats, n)).mean(axis=1)
    width[n] = middle(means)
    z = (means - means.mean()) / means.std()
    distance[n] = stats.kstest(z, "norm").statistic  # largest gap of the two distribution functions
    print(f"{n:4} {width[n]:21.3f} {distance[n]:24.3f}")
    inside = means[np.abs(means - np.median(means)) < 2.5 * width[n]]
    ax.hist(inside, bins=60 if DATA != "coin" else 30, density=True)
    ax.set(title=f"averages of {n}", ylabel="density")
axes[-1].set_xlabel("average")
fig.savefig("averages.png", dpi=150)

print(f"width at n = {N}, times root n: {width[N] * N ** 0.5:.3f}")
assert width[N] < 0.4 * width[5], "averaging more values does not make the average more precise"
assert distance[N] < 0.08 and distance[N] < distance[1], "the averages are not close to a normal distribution"
