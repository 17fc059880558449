"""Move the image and its feature map moves along: exactly inside, not at the border, not with a stride."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.datasets import load_sample_image

STRIDE = 1  # step of the convolution, 1..4
SHIFT = 5  # pixels that the image moves to the right, 1..8
SEED = 0  # random seed of the unshared kernels, 0..9999

photo = load_sample_image("china.jpg")[60:360:3, 60:360:3].mean(axis=2) / 255  # 100×100, grey
shared = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]]) / 4  # one kernel, answers to vertical edges
unshared = np.random.default_rng(SEED).normal(size=(100, 100, 3, 3))  # every place has its own

def local(x, kernels):  # "same" padding with zeros; multiply each 3×3 window by its kernel and add
    windows = sliding_window_view(np.pad(x, 1), (3, 3))
    return (windows * kernels).sum(axis=(2, 3))[::STRIDE, ::STRIDE]

def move(x, by):  # to the right; columns that leave come in again on the left
    return np.roll(x, by, axis=1)

def mismatch(kernels):  # |layer(moved image) − moved layer(image)|, as a share of the largest value
    after = local(move(photo, SHIFT), kernels)
    return np.abs(after - move(local(photo, kernels), SHIFT // STRIDE)) / np.abs(after).max()

edge = 2 + SHIFT  # columns that padding or wrapping can touch
print(f"image moved by {SHIFT}, stride {STRIDE}; largest mismatch")
print("kernels    inside  border included")
worst = {}
for name, kernels in {"shared": shared, "unshared": unshared}.items():
    error = mismatch(kernels)
    worst[name] = error[:, edge:-edge].max(), error.max()
    print(f"{name:9} {worst[name][0]:7.3f} {worst[name][1]:7.3f}")

panels = {"image": photo, "feature map": local(photo, shared),
          f"feature map, image moved by {SHIFT}": local(move(photo, SHIFT), shared),
          "mismatch (black: none)": mismatch(shared)}
plt.rcParams["axes.titlesize"] = 14
fig, axes = plt.subplots(2, 2, figsize=(7.4, 7.8), layout="constrained")
for ax, (title, values), cmap in zip(axes.flat, panels.items(), ("gray", "coolwarm", "coolwarm", "magma")):
    limit = np.abs(values).max()
    ax.imshow(values, cmap=cmap, vmin=-limit if cmap == "coolwarm" else 0, vmax=limit)
    ax.set(title=title, xticks=[], yticks=[])
plt.savefig("equivariance.png", dpi=120)
assert worst["shared"][0] < 1e-9, "inside, the feature map did not move with the image"
assert worst["shared"][1] > 0.01, "the border made no difference"
assert worst["unshared"][0] > 0.1, "no sharing was needed"
