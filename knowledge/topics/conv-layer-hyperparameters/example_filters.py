"""More filters and a kernel that sees neighbours: what each buys on held-out digits."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.datasets import load_digits
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import train_test_split

FILTERS = (1, 2, 4, 8, 16, 32, 64)  # numbers of filters to compare, 1..64
KERNELS = (1, 3, 5)  # kernel sides to compare, 1..7
RELU = True  # False: nothing non-linear behind the convolution
REPEATS = 2  # sets of random filters to average over, 1..5
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
    if RELU:
        maps = np.maximum(maps, 0)
    return maps.reshape(len(x), 4, 2, 4, 2, filters).mean(axis=(2, 4)).reshape(len(x), -1)

score = {}
print("held-out accuracy; filters")
print("kernel" + "".join(f"{n:6}" for n in FILTERS))
for k in KERNELS:
    for n in FILTERS:
        runs = []
        for _ in range(REPEATS):
            f = features(k, n)
            runs.append(RidgeClassifier(0.1).fit(f[train], y[train]).score(f[test], y[test]))
        score[k, n] = np.mean(runs)
    print(f"{k}×{k}   " + "".join(f"{score[k, n]:6.2f}" for n in FILTERS))

fig, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
for k, style in zip(KERNELS, ("o:", "s-", "^--", "d-.")):
    ax.plot(FILTERS, [score[k, n] for n in FILTERS], style, lw=3, ms=8, label=f"{k}×{k} kernels")
ax.set_xscale("log", base=2)
ax.set_xticks(FILTERS, FILTERS)
ax.set_xlabel("filters (each doubling doubles the weights)", fontsize=12)
ax.set_ylabel("held-out accuracy", fontsize=12)
ax.grid(alpha=0.4)
ax.legend(fontsize=12)
plt.savefig("filters.png", dpi=150)
alone, neighbours = KERNELS[:2]  # 1×1 sees one pixel, 3×3 its neighbours, too
few, enough, many = FILTERS[0], FILTERS[-3], FILTERS[-1]
assert score[neighbours, many] > 0.96, "many filters do not read the digits"
assert score[neighbours, many] - score[neighbours, few] > 0.06, "the number of filters made no difference"
assert score[neighbours, many] - score[neighbours, enough] < 0.04, "the curve does not flatten"
assert score[neighbours, many] - score[alone, many] > 0.04, "seeing neighbours bought nothing"
