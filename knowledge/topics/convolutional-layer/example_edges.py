"""An edge detector is nine numbers: written down by hand, or learned by gradient descent from examples."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.datasets import load_digits

TARGET = "vertical"  # what the kernel has to learn: one of vertical, horizontal, outline, strength
STEPS = 300  # steps of gradient descent, 200..2000
RATE = 1.0  # learning rate, 0.2..1.5
SEED = 0  # random seed, 0..9999

sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4  # right minus left: upright edges
laplace = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]]) / 4  # middle minus neighbours: outlines
digits = load_digits()
images = np.pad(digits.images[:300] / 16, ((0, 0), (1, 1), (1, 1)))
windows = sliding_window_view(images, (3, 3), axis=(1, 2))  # digit, row, column, 3, 3

def slide(kernel):  # the same nine weights at every position
    return np.einsum("nijuv,uv->nij", windows, kernel)

maps = {"vertical": slide(sobel), "horizontal": slide(sobel.T), "outline": slide(laplace)}
maps["strength"] = np.hypot(maps["vertical"], maps["horizontal"])  # no longer linear in the pixels
ones = digits.target[:300] == 1
energy = {name: (m[ones] ** 2).sum(axis=(1, 2)) for name, m in maps.items()}
share = (energy["vertical"] > energy["horizontal"]).mean()
print(f"digit 1: the vertical kernel answers more in {share:.0%}")

goal, kernel = maps[TARGET], np.random.default_rng(SEED).normal(size=(3, 3))
first = slide(kernel)
for step in range(STEPS + 1):
    error = slide(kernel) - goal
    if step in (0, 10, 50, STEPS):
        print(f"step {step:4}: unexplained {(error**2).mean() / goal.var():9.5f}")
    # All positions pull at the same nine weights: ∂L/∂w is the mean of error · window over them.
    kernel -= RATE * np.einsum("nijuv,nij->uv", windows, error) / error.size
print(f"learned from '{TARGET}' maps:\n{np.array2string(kernel.round(2) + 0.0, suppress_small=True)}")

pick = np.flatnonzero(digits.target == 4)[0]
panels = {"digit": images[pick, 1:-1, 1:-1], "vertical edges": maps["vertical"][pick],
          "horizontal edges": maps["horizontal"][pick], "outline": maps["outline"][pick],
          "learned, step 0": first[pick], f"learned, step {STEPS}": slide(kernel)[pick]}
fig, axes = plt.subplots(2, 3, figsize=(9, 6.4), layout="constrained")
for ax, (title, values) in zip(axes.flat, panels.items()):
    limit = np.abs(values).max()
    ax.imshow(values, cmap="gray" if title == "digit" else "coolwarm", vmin=-limit * (title != "digit"), vmax=limit)
    ax.set_title(title, fontsize=14)
    ax.set(xticks=[], yticks=[])
fig.supxlabel("red: positive answer, blue: negative, grey: none", fontsize=12)
plt.savefig("edges.png", dpi=130)
assert share > 0.95, "upright strokes do not excite the vertical kernel most"
assert (error**2).mean() / goal.var() < 0.001, f"no single kernel computes '{TARGET}'"
