"""Double descent: test error peaks where the model can just fit the data, then falls again."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

RIDGE = 0.0  # L2 penalty, 0.0..10.0
TRAIN = 200  # training images, 100..400
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
X, digit = load_digits(return_X_y=True)
order = rng.permutation(len(X))
X, digit = X[order] / 16 - 0.5, digit[order]
target = np.eye(10)[digit]
widths = [int(TRAIN * share) for share in (0.1, 0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.5, 2.5, 5, 10)]


def features(width):
    """One hidden ReLU layer with random weights: only the output layer is learned."""
    return np.maximum(X @ rng.normal(size=(64, width)), 0) / np.sqrt(width)


def fit(H, T):
    """Least squares with an L2 penalty; with none, the solution of smallest norm."""
    U, s, Vt = np.linalg.svd(H, full_matrices=False)
    keep = s > 1e-10 * s[0]
    U, s, Vt = U[:, keep], s[keep], Vt[keep]
    return Vt.T @ ((s / (s**2 + RIDGE))[:, None] * (U.T @ T))


test = []
print("units  train MSE  test error")
for width in widths:
    H = features(width)
    output = H @ fit(H[:TRAIN], target[:TRAIN])
    mse = np.mean((output - target)[:TRAIN] ** 2)
    test.append(np.mean((output.argmax(axis=1) != digit)[TRAIN:]))
    print(f"{width:5} {mse:10.3f} {test[-1]:11.2f}")

plt.rcParams["font.size"] = 14
fig, ax = plt.subplots(figsize=(8.4, 5.6), layout="constrained")
ax.semilogx(widths, test, "o-", lw=3, label="test error")
ax.axvline(TRAIN, ls="--", color="grey", label="units = training images")
ax.set(xlabel="random ReLU units (log scale)", ylabel="share of wrong digits", ylim=(0, None))
ax.legend()
fig.savefig("double_descent.png", dpi=140)

peak, before, after = max(test[4:7]), min(test[:4]), test[-1]
assert peak > before + 0.1, "test error should first rise towards the threshold"
assert peak > after + 0.2, "and fall again far beyond it"
assert after < before, "the widest model should be the best of all"
