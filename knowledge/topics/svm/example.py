"""Boundaries on two moons: logistic regression, an RBF SVM, and the SVM with gamma or C far too large."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_moons
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

C = 1.0  # price of a margin violation, 0.01..100
GAMMA = 2.0  # RBF width: exp(-gamma * distance^2), 0.01..20
BIG_GAMMA = 500.0  # gamma far too large, 1..5000
NOISE = 0.3  # noise of the moons, 0..0.5
SEED = 0  # random seed, 0..9999

x, y = make_moons(1200, noise=NOISE, random_state=SEED)
train, test = (x[:200], y[:200]), (x[200:], y[200:])
models = {
    "logistic regression": LogisticRegression(C=C),
    "RBF SVM": SVC(C=C, gamma=GAMMA),
    "gamma too large": SVC(C=C, gamma=BIG_GAMMA),
    "C too large": SVC(C=1e5, gamma=GAMMA, max_iter=1_000_000),
}
grid = np.meshgrid(np.linspace(-2, 3, 200), np.linspace(-1.7, 2.2, 200))
points = np.column_stack([g.ravel() for g in grid])
scores = {}
fig, axes = plt.subplots(2, 2, figsize=(8, 6.4), layout="constrained", sharex=True, sharey=True)
print("                      train   test   support vectors")
for (name, model), ax in zip(models.items(), axes.flat):
    model.fit(*train)
    scores[name] = model.score(*train), model.score(*test)
    support = getattr(model, "support_", [])
    count = f"{len(support):8} of 200" if len(support) else "       -"
    print(f"{name:20} {scores[name][0]:6.3f} {scores[name][1]:6.3f} {count}")
    height = model.decision_function(points).reshape(grid[0].shape)
    ax.contourf(*grid, height > 0, levels=[-0.5, 0.5, 1.5], colors=["#cfe0f5", "#f9d9c9"])
    ax.contour(*grid, height, levels=[-1, 0, 1], colors="k", linestyles=["--", "-", "--"], linewidths=1)
    ax.scatter(*train[0].T, c=train[1], cmap="coolwarm", s=9)
    if len(support):
        ax.scatter(*train[0][support].T, s=34, facecolors="none", edgecolors="k", lw=0.6)
    ax.set_title(f"{name}: test {scores[name][1]:.3f}")
fig.supxlabel("support vectors are circled, dashed lines are at a score of -1 and 1")
plt.savefig("moons.png", dpi=130)

good = scores["RBF SVM"]
assert good[1] > scores["logistic regression"][1] + 0.02, "a straight line does as well"
for name in ("gamma too large", "C too large"):
    assert scores[name][0] > good[0], f"{name}: the training data are not fitted more closely"
    assert scores[name][1] < good[1] - 0.02, f"{name}: no price on new data"
