"""Backpropagation by hand through a two-layer net, checked against finite differences."""

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import log_softmax
from sklearn.datasets import load_digits
plt.switch_backend("Agg")  # draws into a file, needs no window

BUG = "none"  # what the backward pass gets wrong: one of none, slope, mean, bias
STEP = 1e-5  # h of the finite differences, 1e-7..0.001
HIDDEN = 16  # units in the hidden layer, 4..64
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
digits, labels = load_digits(return_X_y=True)
rows = rng.choice(len(digits), 100, replace=False)
X, Y = digits[rows] / 16, np.eye(10)[labels[rows]]
shapes = {"W1": (64, HIDDEN), "b1": (HIDDEN,), "W2": (HIDDEN, 10), "b2": (10,)}
params = {name: rng.normal(0, 0.2, shape) for name, shape in shapes.items()}  # float64

def forward():
    h = np.tanh(X @ params["W1"] + params["b1"])
    log_prob = log_softmax(h @ params["W2"] + params["b2"], axis=1)
    return -(Y * log_prob).sum() / len(X), h, log_prob  # kept: the way back needs h and log_prob

def backward(h, log_prob):
    d2 = (np.exp(log_prob) - Y) / (1 if BUG == "mean" else len(X))  # dL/dz2, shape (100, 10)
    d1 = d2 @ params["W2"].T * (1 if BUG == "slope" else 1 - h**2)  # through W2, then tanh
    db1 = d1[0] if BUG == "bias" else d1.sum(0)  # a bias serves all rows: add their shares up
    return {"W1": X.T @ d1, "b1": db1, "W2": h.T @ d2, "b2": d2.sum(0)}

def loss_at(flat, i, value):
    old, flat[i] = flat[i], value
    loss, flat[i] = forward()[0], old  # put it back exactly
    return loss

def error(name, h, central=True):
    """Relative error |a - n| / (|a| + |n|) over up to 30 parameters of one array."""
    flat = params[name].reshape(-1)  # a view: writing to it changes the net
    picked = np.random.default_rng(SEED).permutation(flat.size)[:30]
    low = h if central else 0
    n = [(loss_at(flat, i, flat[i] + h) - loss_at(flat, i, flat[i] - low)) / (h + low) for i in picked]
    a = grads[name].reshape(-1)[picked]
    return np.linalg.norm(a - n) / (np.linalg.norm(a) + np.linalg.norm(n))

loss, h, log_prob = forward()
grads = backward(h, log_prob)  # every gradient, from one pass back
print(f"loss {loss:.2f}, {sum(w.size for w in params.values())} parameters\n      |gradient|  relative error")
errors = {name: error(name, STEP) for name in params}
for name, e in errors.items():
    print(f"{name}  {np.linalg.norm(grads[name]):12.2f}  {e:14.0e}")
steps = np.logspace(-12, -1, 23)
plt.figure(figsize=(6.6, 4.4), layout="constrained")
plt.loglog(steps, [error("W1", s, central=False) for s in steps], "s-", label="one-sided: error ~ h")
plt.loglog(steps, [error("W1", s) for s in steps], "o-", label="central: error ~ h²")
plt.axhline(1e-6, ls="--", color="grey", label="pass mark 1e-6")
plt.gca().set(xlabel="step h (left: rounding wins, right: curvature wins)", ylabel="relative error of dL/dW1")
plt.legend()
plt.savefig("gradient_check.png", dpi=170)
assert max(errors.values()) < 1e-6, f"backward is wrong: relative error {max(errors.values()):.0e}"
