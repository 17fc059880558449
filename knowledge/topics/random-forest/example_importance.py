"""Impurity importance favours noise of many values; permuting the column on unseen rows tells the truth."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.inspection import permutation_importance

LEVELS = 1000  # distinct values of the noise column, 2..1000
MIN_LEAF = 1  # fewest rows of a leaf, 1..50
TREES = 60  # trees in the forest, 30..150
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
n = 3500  # the first 500 are for training
useful = rng.integers(0, 2, (n, 5))  # five yes/no features
noise = rng.integers(0, LEVELS, n)  # has nothing to do with the label
y = (useful.sum(axis=1) + rng.normal(0, 1, n) > 2.5).astype(int)
X, names = np.column_stack([useful, noise]), [*(f"useful {k}" for k in range(1, 6)), "noise"]
train, test = np.arange(n) < 500, np.arange(n) >= 500

forest = RandomForestClassifier(TREES, min_samples_leaf=MIN_LEAF, random_state=SEED).fit(X[train], y[train])
impurity = forest.feature_importances_
on_test = permutation_importance(forest, X[test], y[test], n_repeats=5, random_state=SEED).importances_mean

print(f"training accuracy {forest.score(X[train], y[train]):.2f}, test {forest.score(X[test], y[test]):.2f}")
print("feature   impurity  permutation on test rows")
for name, a, b in zip(names, impurity, on_test):
    print(f"{name:9} {a:8.3f} {b:12.3f}")

fig, axes = plt.subplots(1, 2, figsize=(8, 3.4), layout="constrained", sharey=True)
for ax, values, title in zip(axes, (impurity, on_test), ("decrease of impurity", "permutation, test rows")):
    ax.barh(names, values, color=["C0"] * 5 + ["C3"])
    ax.set_title(title)
fig.savefig("importance.png", dpi=140)

assert impurity[5] > impurity[:5].max(), "impurity should rank the noise first"
assert on_test[5] < on_test[:5].min(), "permutation should rank it last"
