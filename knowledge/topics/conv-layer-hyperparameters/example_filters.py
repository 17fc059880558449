"""More filters and a kernel that sees neighbours: what each buys on held-out digits."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.datasets import load_digits
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import train_test_split

FILTERS = (1, 2, 4, 8, 16)  # numbers of filters to compare, 1..64
KERNELS = (1, 3, 5)  # kernel sides to compare, 1..7
RELU = True  # False: nothing non-linear behind the convolution
REPEATS = 10  # sets of random filters to average over, 3..20
SEED = 0  # random seed, 0..9999

digits = load_digits()
x, y = (digits.images / 16).astype("float32"), digits.target
train, test = train_test_split(np.arange(len(y)), test_size=0.4, stratify=y, random_state=SEED)
rng = np.random.default_rng(SEED)

def features(k, filters):
    """One layer with random kernels, "same" padding, average pooling to 4×4."""
    before = (k - 1) // 2
    windows = sliding_window_view(np.pad(x, ((0, 0), *[(before, k - 1 - before)] * 2)), (k, k), axis=(1, 2))
    w, b = rng.normal(size=(k, k, filters)) / k, rng.normal(size=filters) / 2
    maps = np.tensordot(windows, w.astype("float32"), axes=2) + b.astype("float32")
    maps = np.maximum(maps, 0) if RELU else maps
    return maps.reshape(len(x), 4, 2, 4, 2, filters).mean(axis=(2, 4)).reshape(len(x), -1)

def accuracy(f):
    return RidgeClassifier(0.1).fit(f[train], y[train]).score(f[test], y[test])

score, spread = {}, {}
print(f"held-out accuracy over {REPEATS} draws, mean±std")
print("filters" + "".join(f"{f'  {k}×{k}':12}" for k in KERNELS).rstrip())
for n in FILTERS:
    for k in KERNELS:
        runs = [accuracy(features(k, n)) for _ in range(REPEATS)]
        score[k, n], spread[k, n] = np.mean(runs), np.std(runs)
    print(f"{n:7}  " + "   ".join(f"{score[k, n]:.2f}±{spread[k, n]:.2f}" for k in KERNELS))
pixels = accuracy(x.reshape(len(x), -1))  # the dumbest rival: no convolution at all
print(f"a linear classifier of the pixels: {pixels:.2f}")

fig, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
for k, style in zip(KERNELS, ("o:", "s-", "^--", "d-.")):
    means, bars = ([table[k, n] for n in FILTERS] for table in (score, spread))
    ax.errorbar(FILTERS, means, bars, fmt=style, lw=2.5, ms=8, capsize=4, label=f"{k}×{k} kernels")
ax.axhline(pixels, color="gray", ls="--", label="pixels alone")
ax.set_xscale("log", base=2)
ax.set_xticks(FILTERS, FILTERS)
ax.set(xlabel="filters (each doubling doubles the weights)", ylabel="held-out accuracy, mean ± std", ylim=(0.35, 1.02))
ax.legend()
plt.savefig("filters.png", dpi=150)
alone, neighbours = KERNELS[:2]  # 1×1 sees one pixel, 3×3 its neighbours, too
few, enough, many = FILTERS[0], FILTERS[-2], FILTERS[-1]
assert score[neighbours, many] > pixels + 0.02, "many filters are no better than the bare pixels"
assert score[neighbours, many] - score[neighbours, few] > 0.06, "the number of filters made no difference"
assert score[neighbours, many] - score[neighbours, enough] < 0.04, "the curve does not flatten"
assert score[neighbours, many] - score[alone, many] > 0.04, "seeing neighbours bought nothing"
