"""Gradient boosting for two classes in a few lines: fit the residual y - p, set each leaf by a Newton step, repeat."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeRegressor

NEWTON = True  # False: a leaf takes the mean residual, as if all curvatures were 1
RATE = 0.1  # learning rate, 0.02..1.0
ROUNDS = 30  # trees, 5..100
DEPTH = 2  # depth of each tree, 1..2
SEED = 0  # random seed, 0..9999

X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.4, stratify=y, random_state=SEED)


def log_loss(F, y):
    return np.mean(np.logaddexp(0, F) - y * F)


start = np.log(y_train.mean() / (1 - y_train.mean()))  # the best constant: log odds
F, F_test, losses = np.full(len(y_train), start), np.full(len(y_test), start), []
for _ in range(ROUNDS):
    p = 1 / (1 + np.exp(-F))
    residual, curvature = y_train - p, p * (1 - p)  # minus the gradient, and the second derivative, of log loss in F
    tree = DecisionTreeRegressor(max_depth=DEPTH, random_state=SEED).fit(X_train, residual)
    leaf, leaf_test = tree.apply(X_train), tree.apply(X_test)
    for node in np.unique(leaf):
        rows = leaf == node
        value = residual[rows].sum() / (curvature[rows].sum() if NEWTON else rows.sum())
        F[rows] += RATE * value
        F_test[leaf_test == node] += RATE * value
    losses.append([log_loss(F, y_train), log_loss(F_test, y_test)])
losses = np.array(losses)

theirs = GradientBoostingClassifier(learning_rate=RATE, n_estimators=ROUNDS, max_depth=DEPTH, random_state=SEED)
scores = theirs.fit(X_train, y_train).decision_function(X_train)
gap = np.abs(F - scores).max()
print(f"start {start:.3f}: log odds of the share {y_train.mean():.3f}")
print("trees  training loss  test loss")
for t in sorted({1, 10, ROUNDS}):
    print("{:5} {:14.4f} {:10.4f}".format(t, *losses[t - 1]))
print(f"largest difference to scikit-learn's scores: {gap:.1e}")

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.plot(range(1, ROUNDS + 1), losses, label=["training", "test"])
ax.set(xlabel="trees", ylabel="log loss", ylim=(0, None))
ax.legend()
fig.savefig("boosting.png", dpi=140)

assert gap < 1e-6, "the scores are not scikit-learn's"
assert np.all(np.diff(losses[:, 0]) < 0), "training loss should fall with every tree"
