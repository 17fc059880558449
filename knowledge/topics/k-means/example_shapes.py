"""Where k-means fails without an error: rings and stretched groups, and what finds them."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from scipy.sparse.csgraph import connected_components
from scipy.stats import multivariate_normal
from sklearn.metrics import adjusted_rand_score

DATA = "rings"  # shape of the groups: one of rings, stretched, blobs
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
n, k = 600, 2
y = np.arange(n) % 2
if DATA == "rings":
    angle, radius = rng.uniform(0, 2 * np.pi, n), np.where(y, 0.4, 1.0) + 0.05 * rng.standard_normal(n)
    x = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
else:
    x = rng.standard_normal((n, 2)) * [5 if DATA == "stretched" else 1, 1] + np.outer(y, [0, 6])

def squared(a, b):
    return ((a[:, None] - b) ** 2).sum(axis=2)

def kmeans(starts=5):
    best = None, np.inf
    for _ in range(starts):
        m = x[rng.choice(n, k, replace=False)]
        for _ in range(50):
            c = squared(x, m).argmin(axis=1)
            m = np.array([x[c == j].mean(axis=0) if (c == j).any() else m[j] for j in range(k)])
        best = min(best, (c, squared(x, m).min(axis=1).sum()), key=lambda run: run[1])
    return best[0]

def mixture(r, rounds):
    """EM of a Gaussian mixture from responsibilities r: log-likelihood and labels."""
    for _ in range(rounds):
        parts = [r[:, j].mean() * multivariate_normal(np.average(x, axis=0, weights=r[:, j]), np.cov(
            x.T, aweights=r[:, j]) + 1e-6 * np.eye(2)).pdf(x) for j in range(k)]
        p = np.column_stack(parts)
        r = p / p.sum(axis=1, keepdims=True)
    return np.log(p.sum(axis=1)).sum(), r.argmax(axis=1)

by_means = kmeans()
starts = [np.eye(k)[squared(x, x[rng.choice(n, k, replace=False)]).argmin(axis=1)] for _ in range(6)]
labels = {"k-means": by_means, "GMM, 5 rounds of EM": mixture(np.eye(k)[by_means], 5)[1],
          "GMM, best of 6": max((mixture(r, 80) for r in starts), key=lambda run: run[0])[1],
          "linked within reach": connected_components(squared(x, x) < (0.2 if DATA == "rings" else 1.5) ** 2)[1]}
ari = {name: adjusted_rand_score(y, found) for name, found in labels.items()}
print(f"{n} points in two groups: {DATA}")
print("adjusted Rand index (1: the true groups, 0: chance)")
for name, score in ari.items():
    print(f"  {name:20} {score:z5.2f}")
fig, axes = plt.subplots(2, 1, figsize=(5.5, 8), layout="constrained")
for ax, name in zip(axes, ("k-means", max(ari, key=ari.get))):
    ax.scatter(*x.T, c=labels[name], s=8, cmap="coolwarm")
    ax.set(title=f"{name}: ARI {ari[name]:z.2f}", aspect="equal")
fig.savefig("shapes.png", dpi=150)
assert max(ari.values()) > 0.9, "one of the methods should find the groups"
assert ari["k-means"] < 0.3, "k-means finds them, too: the groups are round"
