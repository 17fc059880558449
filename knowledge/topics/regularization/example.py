"""L1 sets weights exactly to zero, L2 only shrinks them: both paths by hand, checked against sklearn."""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Lasso, Ridge
from sklearn.model_selection import train_test_split
plt.switch_backend("Agg")  # draws into a file, needs no window

PROXIMAL = True  # False: L1 by its slope, lambda·sign(w), as a framework's penalty term does
NOISE_FEATURES = 30  # columns of pure chance beside the 10 real ones, 5..60
PATIENTS = 100  # to learn from, 80..300
SEED = 0  # random seed, 0..9999
X, y = load_diabetes(return_X_y=True)
rng = np.random.default_rng(SEED)
X = np.hstack([X, rng.normal(size=(len(X), NOISE_FEATURES))])
X, X_test, y, y_test = train_test_split(X, y, train_size=PATIENTS, random_state=SEED)
X, X_test = (X - X.mean(0)) / X.std(0), (X_test - X.mean(0)) / X.std(0)  # one penalty needs one scale
y, y_test = (y - y.mean()) / y.std(), (y_test - y.mean()) / y.std()
G, c = X.T @ X / len(X), X.T @ y / len(X)
STEEPEST = np.linalg.eigvalsh(G)[-1]  # largest curvature of the loss

def fit(penalty, lam, w, steps=1500):
    """Minimise ½ mean (y − Xw)² + lam Σ|w| (l1), or + ½ lam Σw² (l2)."""
    rate = 1 / (STEEPEST + lam)  # a safe step
    for _ in range(steps):
        slope = G @ w - c
        if penalty == "l2":
            w = w - rate * (slope + lam * w)  # the pull fades as w does
        elif PROXIMAL:
            w = w - rate * slope
            w = np.sign(w) * np.maximum(np.abs(w) - rate * lam, 0)  # same pull at any size: gets to 0
        else:
            w = w - rate * (slope + lam * np.sign(w))  # jumps over 0 and back
    return w
def r2(w):
    return 1 - ((y_test - X_test @ w) ** 2).mean() / y_test.var()
lams = np.logspace(1, -3, 33)
paths = {p: np.zeros((len(lams), len(c))) for p in ("l1", "l2")}
for p, path in paths.items():
    for k, lam in enumerate(lams):
        path[k] = fit(p, lam, path[k - 1])  # start from its neighbour
plain = r2(np.linalg.solve(G, c))
print(f"no penalty: test R² {plain:.2f}\nlambda  L1: zeros   R²   L2: zeros   R²")
for k in (0, 8, 16, 24, 32):
    print(f"{lams[k]:6.3f} " + "  ".join(f"{(path[k] == 0).sum():9} {r2(path[k]):6.2f}" for path in paths.values()))
fig, axes = plt.subplots(2, 1, figsize=(6.4, 7.2), sharex=True, sharey=True, layout="constrained")
for ax, (p, path) in zip(axes, paths.items(), strict=True):
    ax.semilogx(lams, path[:, 10:], color="grey", lw=1, alpha=0.5)
    ax.semilogx(lams, path[:, :10], lw=2.5)
    ax.set(title=f"{p.upper()} (grey: noise features)", ylabel="weight")
axes[1].set_xlabel("penalty lambda")
plt.savefig("paths.png", dpi=150)
k, lam = 16, lams[16]  # 0.1
lasso, ridge = (m.fit(X, y).coef_ for m in (Lasso(lam, fit_intercept=False), Ridge(lam * len(X), fit_intercept=False)))
assert (paths["l1"][k] == 0).sum() >= 15, "L1 should switch features off, exactly"
assert (paths["l2"] != 0).all(), "L2 should shrink, never to exactly zero"
assert np.allclose(paths["l1"][k], lasso, atol=1e-3), "should be sklearn's Lasso"
assert np.allclose(paths["l2"][k], ridge, atol=1e-3), "should be sklearn's Ridge"
assert min(r2(path[k]) for path in paths.values()) > plain + 0.03, "the penalty should help on new patients"
