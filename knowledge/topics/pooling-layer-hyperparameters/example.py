"""What is lost as the pooling window grows, read off a nearest-neighbour classifier on pooled digits."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

OVERLAP_STRIDE = 1  # stride of the overlapping windows; the others step by their own width, 1..8
SEED = 0  # random seed of the split, 0..9999

digits = load_digits()
x, y = digits.images[..., None] / 16, digits.target  # 8×8, one channel
train, test = train_test_split(np.arange(len(y)), test_size=0.5, stratify=y, random_state=SEED)

sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4
kernels = np.stack([sobel, -sobel, sobel.T, -sobel.T])  # edges in four directions
windows = sliding_window_view(np.pad(digits.images / 16, ((0, 0), (1, 1), (1, 1))), (3, 3), axis=(1, 2))
edges = np.maximum(np.einsum("nijuv,cuv->nijc", windows, kernels), 0)  # four ReLU maps, 8×8 each

def pool(maps, k, s, method):
    blocks = sliding_window_view(maps, (k, k), axis=(1, 2))[:, ::s, ::s]
    return blocks.max(axis=(4, 5)) if method == "max" else blocks.mean(axis=(4, 5))

def accuracy(maps, k, s, method):
    f = pool(maps, k, s, method).reshape(len(y), -1)
    return KNeighborsClassifier(1).fit(f[train], y[train]).score(f[test], y[test])
sizes = (1, 2, 4, 8)
curves = {
    "pixels, max": [accuracy(x, k, k, "max") for k in sizes],
    "pixels, average": [accuracy(x, k, k, "average") for k in sizes],
    f"pixels, average, stride {OVERLAP_STRIDE}": [accuracy(x, k, min(k, OVERLAP_STRIDE), "average") for k in sizes],
    "4 edge maps, max": [accuracy(edges, k, k, "max") for k in sizes]}
print("held-out accuracy, window" + "".join(f"{k:4}×{k}" for k in sizes))
for name, values in curves.items():
    print(f"{name:26}" + "".join(f"{v:6.2f}" for v in values))

settings = (2, 2), (4, 2), (2, 4), (4, 4)  # the last two give equally many numbers
grid = {method: [accuracy(x, k, s, method) for k, s in settings] for method in ("average", "max")}
print("\npixels; window, stride" + "".join(f"{k:4},{s}" for k, s in settings))
for method, values in grid.items():
    print(f"{method:22}" + "".join(f"{v:6.2f}" for v in values))

fig, ax = plt.subplots(figsize=(7, 4.6), layout="constrained")
for (name, values), style in zip(curves.items(), ("o:", "s-", "^--", "d-.")):
    ax.plot(sizes, values, style, lw=3, ms=9, label=name)
ax.axhline(0.1, color="gray", lw=1.5)
ax.text(1, 0.12, "guessing", color="gray")
ax.set(xlabel="side of the pooling window on an 8×8 image", ylabel="held-out accuracy", xticks=sizes, ylim=(0, 1.03))
ax.legend()
plt.savefig("window.png", dpi=150)
_, average, overlap, maps = curves.values()
assert average[0] - average[1] < 0.12, "a 2×2 window already loses much"
assert average[0] - average[2] > 0.3 and average[3] < 0.25, "large windows lose little"
assert average[0] - overlap[2] < (average[0] - average[2]) / 2, "a smaller stride does not keep what the window loses"
assert abs(maps[2] - average[1]) < 0.06, "16 numbers should tell as much as 4 maps of 4 or as 1 map of 16"
assert grid["average"][1] > grid["average"][2], "for the average the stride should cost more than the window"
assert grid["max"][3] < grid["max"][2], "at equal output a larger maximum should tell less"
