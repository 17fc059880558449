"""PCA ignores labels: the direction of most variance may be useless for the classes, and LDA finds the one that counts."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

WIDTH = 3.0  # spread along the direction that both classes share, 0.2..6
GAP = 2.0  # distance of the class means, across that direction, 0.5..5
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
n = 400
y = np.arange(n) % 2
plain = np.column_stack([WIDTH * rng.standard_normal(n), 0.3 * rng.standard_normal(n) + GAP * (y - 0.5)])
turn = np.array([[0.8, -0.6], [0.6, 0.8]])  # so that no feature alone is the answer
x = plain @ turn.T
centred = x - x.mean(axis=0)
_, s, vt = np.linalg.svd(centred, full_matrices=False)
share = s[0] ** 2 / (s ** 2).sum()

within = sum(np.cov(x[y == c].T) for c in (0, 1))  # Fisher's direction: inverse within-class scatter times difference
fisher = np.linalg.solve(within, x[y == 1].mean(axis=0) - x[y == 0].mean(axis=0))
fisher /= np.linalg.norm(fisher)
library = LinearDiscriminantAnalysis().fit(x, y).coef_[0]
alike = abs(fisher @ library) / np.linalg.norm(library)

def accuracy(z):
    """Best of the thresholds half-way between the class means, either way round."""
    right = ((z > (z[y == 0].mean() + z[y == 1].mean()) / 2) == y).mean()
    return max(right, 1 - right)

found = {"1st component": accuracy(centred @ vt[0]), "2nd component": accuracy(centred @ vt[1]),
         "LDA": accuracy(centred @ fisher)}
print(f"the first component keeps {share:.0%} of the variance")
for name, score in found.items():
    print(f"one number, {name:14} accuracy {score:.2f}")
print(f"Fisher by hand against scikit-learn, cosine {alike:.8f}")

fig, ax = plt.subplots(figsize=(6, 5), layout="constrained")
ax.scatter(*centred.T, c=y, s=10, cmap="coolwarm")
for direction, name, colour in ((vt[0], "PCA 1", "black"), (fisher, "LDA", "green")):
    ax.plot(*np.outer([-4, 4], direction).T, lw=3, label=name, color=colour)
ax.set(aspect="equal", xlabel="feature 1", ylabel="feature 2", title="PCA's first axis misses the classes")
ax.legend()
fig.savefig("labels.png", dpi=150)

assert share > 0.7 and found["1st component"] < 0.7, "the first component separates the classes here"
assert found["LDA"] > 0.95 and found["LDA"] > found["1st component"] + 0.25, "LDA should separate them"
assert abs(alike - 1) < 1e-6, "by hand and scikit-learn should agree"
