"""Training error only falls with complexity; validation error falls, then rises again."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.dummy import DummyRegressor
from sklearn.model_selection import ShuffleSplit
from sklearn.tree import DecisionTreeRegressor

MIN_LEAF = 1  # fewest patients a leaf may hold, 1..60
SPLITS = 10  # random training/validation splits, 3..30
SEED = 0  # random seed, 0..9999
DEPTHS = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15]

X, y = load_diabetes(return_X_y=True)  # predict how far diabetes has progressed in a year


def tree(depth):
    """A regression tree; with depth 0 it is one leaf, the mean of all patients."""
    if depth == 0:
        return DummyRegressor()
    return DecisionTreeRegressor(max_depth=depth, min_samples_leaf=MIN_LEAF, random_state=SEED)


def rmse(model, rows):
    return np.sqrt(np.mean((model.predict(X[rows]) - y[rows]) ** 2))


errors = np.zeros((2, len(DEPTHS), SPLITS))  # training and validation
splits = ShuffleSplit(SPLITS, test_size=0.3, random_state=SEED).split(X)
for s, (train_rows, val_rows) in enumerate(splits):
    for d, depth in enumerate(DEPTHS):
        model = tree(depth).fit(X[train_rows], y[train_rows])  # a fresh model every time
        errors[:, d, s] = rmse(model, train_rows), rmse(model, val_rows)
train, val = errors.mean(axis=2)
best = val.argmin()

print("depth  train RMSE  validation RMSE")
for depth, t, v in zip(DEPTHS, train, val):
    print(f"{depth:5} {t:11.0f} {v:16.0f}{'  <- best' if v == val[best] else ''}")

plt.rcParams["font.size"] = 14
fig, ax = plt.subplots(figsize=(8.4, 5.6), layout="constrained")
ax.plot(DEPTHS, train, "o-", lw=3, label="training")
ax.plot(DEPTHS, val, "o-", lw=3, label="validation")
ax.fill_between(DEPTHS, train, val, alpha=0.12, color="grey", label="gap")
ax.axvline(DEPTHS[best], ls="--", color="grey")
ax.text(DEPTHS[best] + 0.2, 5, "best depth:\nunderfits left of it,\noverfits right of it")
ax.set(xlabel="depth of the tree", ylabel="RMSE", ylim=(0, None))
ax.legend(loc="center right")
fig.savefig("complexity.png", dpi=140)

assert np.all(np.diff(train) < 1), "training error should only fall"
assert val[0] - val[best] > 5, "too simple a tree should underfit"
assert val[-1] - val[best] > 5, "too deep a tree should overfit"
assert val[-1] - train[-1] > 40, "overfitting should show as a wide gap"
