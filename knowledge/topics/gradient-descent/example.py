"""Batch, mini-batch and single-sample gradient descent on real data: all that differs is how many rows a step sees."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes

MINI = 16  # rows in a mini-batch, 4..64
RATES = (1.0, 0.1, 0.02)  # learning rates of batch, mini-batch and single: the noisier, the smaller, 0.005..1.3
EPOCHS = 30  # passes over the data, 20..60
SEED = 0  # random seed, 0..9999

X, y = load_diabetes(return_X_y=True)
X = X[:, [2, 8]]  # body mass index and a blood value: two weights can be drawn
X, y = (X - X.mean(0)) / X.std(0), (y - y.mean()) / y.std()
n = len(X)

def loss(w):  # half the mean squared error over all rows
    return ((X @ w - y) ** 2).mean() / 2

def gradient(w, rows):  # of the same loss, seen through these rows only
    return X[rows].T @ (X[rows] @ w - y[rows]) / len(rows)

def descend(size, rate):
    rng = np.random.default_rng(SEED)
    w, path = np.array([-0.6, 0.9]), []
    for _ in range(EPOCHS):
        order = rng.permutation(n)  # a new order every epoch
        for start in range(0, n, size):
            path.append(w)
            w = w - rate * gradient(w, order[start:start + size])
    return np.array([*path, w])

best = np.linalg.lstsq(X, y, rcond=None)[0]
grid = np.meshgrid(np.linspace(-0.9, 1, 80), np.linspace(-0.4, 1.3, 80))
height = [[loss(np.array(w)) for w in zip(*row)] for row in zip(*grid)]
plt.rcParams.update({"font.size": 13, "axes.titlesize": 13})
fig, axes = plt.subplots(1, 3, figsize=(9.6, 4), sharey=True, layout="constrained")
early, wobble = {}, {}
print("             rows  steps   excess loss   distance to the\n"
      "           a step  an epoch  epoch 1    minimum at the end")
for ax, (name, size), rate in zip(axes, {"batch": n, "mini-batch": MINI, "single": 1}.items(), RATES):
    path = descend(size, rate)
    steps = len(path) // EPOCHS
    early[name] = loss(path[steps]) - loss(best)
    wobble[name] = np.sqrt(((path[-5 * steps:] - best) ** 2).sum(1).mean())  # over the last five epochs
    print(f"{name:10} {size:6} {steps:8} {early[name]:11.3f} {wobble[name]:14.3f}")
    ax.contour(*grid, height, levels=20, colors="tab:gray", linewidths=0.8)
    ax.plot(*path.T, ".-", color="tab:blue", lw=1, ms=3, label="path of the weights")
    ax.plot(*best, "*", color="tab:red", ms=15, label="minimum")
    ax.set(title=f"{name}\n{steps} step{'s' * (steps > 1)} an epoch", xlabel="weight of body mass")
    ax.set_xticks((-0.5, 0, 0.5))
axes[0].set(ylabel="weight of blood value")
axes[0].legend(loc="lower left")
plt.savefig("paths.png", dpi=120)
assert max(early["mini-batch"], early["single"]) < early["batch"], "one pass: many small steps should get further"
assert wobble["batch"] < 1e-3 < wobble["mini-batch"] < wobble["single"], "the fewer rows, the larger the wobble"
