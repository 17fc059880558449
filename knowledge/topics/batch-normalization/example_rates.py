"""Batch normalization lets a deep net learn at rates where the plain one falls apart; its gradient is done by hand."""
import matplotlib.pyplot as plt
import numpy as np
from scipy.special import softmax
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
plt.switch_backend("Agg")  # draws into a file, needs no window

HIGH = 1.0  # the learning rate under test, 0.1..2
STEPS = 200  # mini-batches of 64, 150..600
DEPTH = 5  # hidden layers of 32 ReLU units, 3..8
SEED = 0  # random seed, 0..9999

x, labels = load_digits(return_X_y=True)
x, x_test, y, y_test = train_test_split(x / 16, labels, test_size=0.3, stratify=labels, random_state=SEED)
target, sizes = np.eye(10)[y], [64] + [32] * DEPTH + [10]

def forward(layers, h, norm, seen=None):
    """Return the logits, and per layer its input, x_hat, mean and std; `seen` gives the statistics to use instead."""
    kept = []
    for k, (W, gamma, beta) in enumerate(layers):
        z = h @ W
        mean, std = seen[k][2:] if seen else (z.mean(0), np.sqrt(z.var(0) + 1e-3)) if norm else (0, 1)
        x_hat = (z - mean) / std
        kept.append((h, x_hat, mean, std))
        out = gamma * x_hat + beta  # in the plain net gamma stays 1 and beta is the bias
        h = np.maximum(out, 0)
    return out, kept  # the last layer has no ReLU

def accuracy(rate, norm):
    rng = np.random.default_rng(SEED)
    layers = [[rng.normal(0, np.sqrt(2 / a), (a, b)), np.ones(b), np.zeros(b)] for a, b in zip(sizes, sizes[1:])]
    for _ in range(STEPS):
        batch = rng.integers(0, len(x), 64)
        logits, kept = forward(layers, x[batch], norm)
        g = (softmax(logits, axis=1) - target[batch]) / 64
        for (W, gamma, beta), (h, x_hat, _, std) in zip(reversed(layers), reversed(kept)):
            d_gamma, d_beta = (g * x_hat).sum(0), g.sum(0)
            d_z = gamma / std * (g - norm * (d_beta + x_hat * d_gamma) / 64)  # mean and std depend on z, too
            g = d_z @ W.T * (h > 0)
            W -= rate * h.T @ d_z
            gamma -= norm * rate * d_gamma
            beta -= rate * d_beta
    seen = forward(layers, x, norm)[1]  # statistics of all training images, in place of moving averages
    return (forward(layers, x_test, norm, seen)[0].argmax(1) == y_test).mean()

rates = sorted({0.03, 0.1, 0.3, HIGH, 3.0})
np.seterr(all="ignore")  # a diverged net is full of nan
score = {name: {r: accuracy(r, norm) for r in rates} for name, norm in (("plain", 0), ("batch norm", 1))}
print("test accuracy; learning rate\n" + " " * 10 + "".join(f"{r:6g}" for r in rates))
plt.figure(figsize=(6.2, 3.8), layout="constrained")
for (name, row), style in zip(score.items(), ("s--", "o-")):
    print(f"{name:10}" + "".join(f"{a:6.2f}" if a > 0.3 else "  <0.3" for a in row.values()))
    plt.semilogx(row.keys(), row.values(), style, lw=3, ms=8, label=name)
plt.gca().set(xlabel="learning rate", ylabel="held-out accuracy", ylim=(0, 1.03), xticks=rates, xticklabels=rates)
plt.legend()
plt.savefig("rates.png", dpi=170)
assert max(score["plain"].values()) > 0.9, "at its own best rate the plain net should learn, too"
assert score["batch norm"][HIGH] > 0.9, f"with batch norm a rate of {HIGH:g} should work"
assert score["plain"][HIGH] < 0.5, f"the plain net should fall apart at {HIGH:g}"
