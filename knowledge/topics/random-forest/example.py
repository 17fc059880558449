"""A forest against one tree, with the variance measured: fewer features a split make trees worse, but less alike."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_friedman1
from sklearn.tree import DecisionTreeRegressor

FEATURES = 3  # features tried at each split, of 10; 10 is plain bagging, 1..10
TREES = 32  # trees of a forest, 10..40
SETS = 14  # training sets drawn from the same truth, 10..40
SEED = 0  # random seed, 0..9999

X_test, truth = make_friedman1(200, noise=0.0, random_state=SEED + 5000)  # 5 of the 10 features matter


def measure(features):
    """Fit a forest to each training set; return variance of a tree, correlation, variance and bias² of the forest."""
    guesses = np.zeros((SETS, TREES, len(truth)))
    for s in range(SETS):
        X, y = make_friedman1(150, noise=1.0, random_state=SEED * 1000 + s)
        rng = np.random.default_rng(SEED * 1000 + s)
        for t in range(TREES):
            rows = rng.integers(0, len(y), len(y))  # a bootstrap sample
            tree = DecisionTreeRegressor(max_features=features, random_state=t)
            guesses[s, t] = tree.fit(X[rows], y[rows]).predict(X_test)
    spread = guesses - guesses.mean(axis=0)  # a tree's deviation from its own mean over the training sets
    tree_variance = np.mean(spread**2)
    half = spread[:, : TREES // 2]  # correlation from half of the trees only: the formula has to foretell the rest
    pairs = (half.sum(axis=1) ** 2 - (half**2).sum(axis=1)).mean() / (half.shape[1] * (half.shape[1] - 1))
    forest = guesses.mean(axis=1)
    return tree_variance, pairs / np.mean(half**2), np.mean(forest.var(axis=0)), np.mean((forest.mean(axis=0) - truth) ** 2)


print("features  tree var.  correl.  forest var.  formula   bias²")
found = {}
for features in dict.fromkeys((10, FEATURES, 1)):
    v, rho, forest, bias2 = found[features] = measure(features)
    formula = rho * v + (1 - rho) * v / TREES
    print(f"{features:8} {v:10.2f} {rho:8.3f} {forest:12.2f} {formula:8.2f} {bias2:7.2f}")
    assert abs(formula - forest) < 0.25 * forest, "the formula does not foretell the variance of the forest"
    assert forest < v / 4, "the forest does not lower the variance of a tree"

names = [f"m = {f}" for f in found]
fig, axes = plt.subplots(1, 3, figsize=(9, 3.4), layout="constrained")
for ax, column, title in zip(axes, (0, 1, 2), ("variance of a tree", "correlation of trees", "variance of the forest")):
    ax.bar(names, [row[column] for row in found.values()])
    ax.set_title(title)
fig.savefig("variance.png", dpi=140)

bagged, chosen = found[10], found[FEATURES]
assert chosen[1] < 0.7 * bagged[1], "drawing features should make the trees less alike"
assert chosen[2] < bagged[2], "and the forest less variable"
assert chosen[0] > bagged[0] and chosen[3] > bagged[3], "though each tree is worse"
