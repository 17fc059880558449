"""Dying ReLU: units pushed below zero for every image stay dead, and Leaky ReLU brings them back."""

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import softmax
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

plt.switch_backend("Agg")  # draws into a file, needs no window

SLOPE = 0.2  # Leaky ReLU left of 0, 0..0.5
PUSH = 4.0  # pushes all hidden biases down, as one wild step may, 0..6
LEARNING_RATE = 0.5  # of plain SGD, 0.1..1
STEPS = 800  # mini-batches of 64, 200..2000
SEED = 0  # random seed, 0..9999

digits, labels = load_digits(return_X_y=True)
x, x_test, y, y_test = train_test_split(digits / 16, labels, test_size=0.25, random_state=SEED)
target = np.eye(10)[y]


def train(slope, push):
    """Train 64-32-10; return the share of units always below zero every 50 steps, W1's change and test accuracy."""
    rng = np.random.default_rng(SEED)
    w1, b1 = rng.normal(0, np.sqrt(2 / 64), (64, 32)), np.full(32, -float(push))
    w2, b2 = rng.normal(0, np.sqrt(1 / 32), (32, 10)), np.zeros(10)
    w1_start, below = w1.copy(), []
    for step in range(STEPS + 1):
        if step % 50 == 0:
            below.append((x @ w1 + b1 <= 0).all(axis=0).mean())  # for every training image
        batch = rng.integers(0, len(x), 64)
        z = x[batch] @ w1 + b1
        h = np.where(z > 0, z, slope * z)
        error = (softmax(h @ w2 + b2, axis=1) - target[batch]) / 64
        back = error @ w2.T * np.where(z > 0, 1, slope)  # ReLU's slope is 0 here: nothing passes
        w2 -= LEARNING_RATE * h.T @ error
        b2 -= LEARNING_RATE * error.sum(0)
        w1 -= LEARNING_RATE * x[batch].T @ back
        b1 -= LEARNING_RATE * back.sum(0)
    z = x_test @ w1 + b1
    guess = (np.where(z > 0, z, slope * z) @ w2 + b2).argmax(axis=1)
    return np.array(below), np.abs(w1 - w1_start).max(), (guess == y_test).mean()


runs = {"ReLU, healthy": (0, 0), "ReLU, pushed": (0, PUSH), "Leaky, pushed": (SLOPE, PUSH), "slope 0.01": (0.01, PUSH)}
results = {name: train(*values) for name, values in runs.items()}
print("units below 0  start   end   W1 moved  accuracy")
plt.rcParams["font.size"] = 12
plt.figure(figsize=(7.5, 4.6), layout="constrained")
for (name, (below, moved, accuracy)), style in zip(results.items(), ("s-", "x-", "o-", "^:"), strict=True):
    print(f"{name:14} {below[0]:6.0%} {below[-1]:5.0%} {moved:10.2f} {accuracy:9.2f}")
    plt.plot(np.arange(len(below)) * 50, below * 100, style, label=name)
plt.gca().set(xlabel="training step", ylabel="% of units never active", ylim=(-5, 105))
plt.legend(loc=(0.4, 0.15))
plt.savefig("dying_relu.png", dpi=150)

_, (dead, moved, _), (revived, _, _), (tiny, _, _) = results.values()
assert (dead[-1], moved) == (1, 0), "pushed ReLU units should stay dead and never change"
assert revived[-1] < 0.7, "Leaky ReLU should bring units back"
assert tiny[-1] > revived[-1], "a slope of 0.01 should bring back fewer units"
