"""The smaller the batch, the noisier its mean and variance, and so the output."""

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

SMALL = 4  # the small batch, 2..64
LARGE = 256  # the large batch, 128..512
DRAWS = 400  # random batches per size, 200..1000
EPSILON = 1e-3  # added to the variance, 0.00001..0.01
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
X = load_digits().data / 16
Z = X @ rng.normal(0, np.sqrt(2 / 64), (64, 32))  # what 32 hidden units see
mean, std = Z.mean(axis=0), Z.std(axis=0)


def draw(size):
    """Draw random batches: shape (DRAWS, size, units)."""
    return np.array([Z[rng.choice(len(Z), size, replace=False)] for _ in range(DRAWS)])


def image_0(z):
    """Put image 0 first in each batch; return what that batch's statistics make of it."""
    z = np.concatenate([np.broadcast_to(Z[0], (DRAWS, 1, 32)), z[:, 1:]], axis=1)
    return (z[:, 0] - z.mean(axis=1)) / np.sqrt(z.var(axis=1) + EPSILON)


sizes = sorted({2, SMALL, 16, 64, LARGE})
off, spread = {}, {}
print("batch  mean is off by  image 0 varies by")
for size in sizes:
    z = draw(size)
    off[size] = np.sqrt((((z.mean(axis=1) - mean) / std) ** 2).mean())
    spread[size] = np.sqrt(image_0(z).var(axis=0).mean())
    print(f"{size:5} {off[size]:11.2f} std {spread[size]:18.2f}")
print("inference: fixed statistics, image 0 varies by 0")

plt.rcParams.update({"font.size": 14, "axes.titlesize": 14})
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.6), layout="constrained")
unit = np.argmin(np.abs(Z[0] - mean) / std)  # where image 0 lies nearest the mean
bins = np.linspace(-2, 2, 65)
for size, color in ((SMALL, "tab:orange"), (LARGE, "tab:blue")):
    left.hist(image_0(draw(size))[:, unit], bins, color=color, alpha=0.7, label=f"batches of {size}")
left.set(title="one image, one unit, many batches", xlabel="normalized activation", ylabel="number of batches")
left.legend(fontsize=11)
right.loglog(sizes, [spread[s] for s in sizes], "o-", lw=3, label="image 0 varies by")
right.loglog(sizes, [off[s] for s in sizes], "s-", lw=3, label="mean is off by (std)")
right.set(title="noise falls like 1/√(batch size)", xlabel="batch size", ylabel="spread")
right.minorticks_off()
right.set(xticks=sizes, xticklabels=sizes, yticks=(0.1, 0.2, 0.5), yticklabels=(0.1, 0.2, 0.5))
right.legend()
fig.savefig("small_batches.png", dpi=120)

theory = np.sqrt((len(Z) - LARGE) / (len(Z) - 1) / LARGE)  # 1/sqrt(m), drawn without replacement
assert abs(off[LARGE] / theory - 1) < 0.15, "the mean should scatter like 1/sqrt(batch size)"
assert spread[SMALL] > 3 * spread[LARGE], "a small batch should be far noisier"
