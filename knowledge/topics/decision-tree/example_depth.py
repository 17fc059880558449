"""Depth against validation error: a deep tree learns wrong labels by heart; a depth in between, or pruning, does not."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

NOISE = 0.15  # share of training labels turned round, 0.0..0.3
SPLITS = 10  # random training and validation sets, 10..40
SEED = 0  # random seed, 0..9999
DEPTHS = [1, 2, 3, 4, 6, 8, 12, 20]
ALPHAS = [0.0, 0.005, 0.01, 0.02, 0.05]

X, y = load_breast_cancer(return_X_y=True)


def errors(model, X, y, X_val, y_val):
    model.fit(X, y)
    return 1 - model.score(X, y), 1 - model.score(X_val, y_val), model.get_n_leaves()


by_depth, by_alpha = [], []
for split in range(SPLITS):
    seed = SEED * 100 + split
    X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.4, stratify=y, random_state=seed)
    wrong = np.random.default_rng(seed).random(len(y_train)) < NOISE
    noisy = np.where(wrong, 1 - y_train, y_train)
    sets = X_train, noisy, X_val, y_val
    by_depth.append([errors(DecisionTreeClassifier(max_depth=d, random_state=SEED), *sets) for d in DEPTHS])
    by_alpha.append([errors(DecisionTreeClassifier(ccp_alpha=a, random_state=SEED), *sets) for a in ALPHAS])
depth, alpha = np.mean(by_depth, axis=0), np.mean(by_alpha, axis=0)

print("           training  validation  leaves")
for name, row in [*((f"depth {d}", r) for d, r in zip(DEPTHS, depth)), *((f"alpha {a}", r) for a, r in zip(ALPHAS, alpha))]:
    print(f"{name:11} {row[0]:7.3f} {row[1]:11.3f} {row[2]:7.0f}")

fig, ax = plt.subplots(figsize=(7.5, 4.5), layout="constrained")
ax.plot(DEPTHS, depth[:, 0], "o-", label="training (noisy labels)")
ax.plot(DEPTHS, depth[:, 1], "o-", label="validation (true labels)")
ax.axhline(alpha[:, 1].min(), ls="--", color="gray", label="validation, pruned at the best alpha")
ax.set(xlabel="max_depth", ylabel="error rate", xticks=DEPTHS, ylim=(0, None))
ax.legend()
fig.savefig("depth.png", dpi=140)

assert np.all(np.diff(depth[:, 0]) <= 1e-9), "a deeper tree should fit its training set at least as well"
assert depth[-1, 0] < 0.01, "the deepest tree should know its training set by heart"
assert depth[-1, 1] > depth[:, 1].min() + 0.05, "the deepest tree should be clearly worse than the best depth"
assert alpha[:, 1].min() < depth[-1, 1] - 0.05, "pruning should undo the overfitting"
