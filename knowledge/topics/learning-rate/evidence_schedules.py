"""Constant rates, step decay, and warm-up with cosine on mini-batch SGD: loss above the minimum, ten seeds."""
import numpy as np
from sklearn.datasets import load_diabetes

STEPS, SEEDS = 3000, range(10)
X, y = load_diabetes(return_X_y=True)
X, y = (X - X.mean(0)) / X.std(0), (y - y.mean()) / y.std()
best = np.linalg.lstsq(X, y, rcond=None)[0]
t = np.arange(STEPS) / STEPS
cosine = (1 + np.cos(np.pi * np.clip((t - 0.05) / 0.95, 0, 1))) / 2
shapes = {
    "step decay": np.where(t < 0.5, 1, np.where(t < 0.75, 0.1, 0.01)),
    "warm-up and cosine": np.minimum(t / 0.05, cosine),
    "linear decay": 1 - t,
    "constant": np.ones(STEPS),
}
PEAKS = (0.001, 0.003, 0.01, 0.03, 0.1)


def floor(rates, seed):
    rng = np.random.default_rng(seed)
    w, last = np.zeros((10, X.shape[1])), []
    for step, rate in enumerate(rates):
        rows = rng.integers(len(X), size=(10, 8))
        error = np.einsum("rbk,rk->rb", X[rows], w) - y[rows]
        if step >= STEPS - STEPS // 20:
            last.append((((w - best) @ X.T) ** 2).mean())
        w = w - rate * np.einsum("rb,rbk->rk", error, X[rows]) / 8
    return np.mean(last)


for rival, shape in shapes.items():
    tried = [[floor(peak * shape, seed) for seed in SEEDS] for peak in PEAKS]
    print(f"{rival}: {' '.join(f'{value:.5f}' for value in min(tried, key=np.mean))}")
