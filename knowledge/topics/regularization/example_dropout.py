"""Inverted dropout by hand: scaled up in training, so that nothing has to change when it is off."""

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

plt.switch_backend("Agg")  # draws into a file, needs no window

KEEP = 0.5  # share of hidden units kept in training, 0.2..0.9
SCALE = True  # divide what is kept by KEEP
STEPS = 600  # mini-batches of 64, 200..2000
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
digits, labels = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(digits / 16, labels, train_size=500, random_state=SEED)
W1, W2 = rng.normal(0, np.sqrt(2 / 64), (64, 128)), rng.normal(0, np.sqrt(1 / 128), (128, 10))

def dropout(h, training):
    if not training:
        return h, 1.0  # off: nothing dropped, nothing scaled
    mask = (rng.random(h.shape) < KEEP) / (KEEP if SCALE else 1)  # a new mask for each sample and step
    return h * mask, mask

def logits(x, training):
    return dropout(np.maximum(x @ W1, 0), training)[0] @ W2

for _ in range(STEPS):
    batch = rng.integers(0, len(X), 64)
    h = np.maximum(X[batch] @ W1, 0)
    dropped, mask = dropout(h, training=True)
    delta = (softmax(dropped @ W2, axis=1) - np.eye(10)[y[batch]]) / 64
    back = delta @ W2.T * mask * (h > 0)  # the same mask on the way back
    W2 -= 0.3 * dropped.T @ delta
    W1 -= 0.3 * X[batch].T @ back

off = logits(X_test, training=False)
runs = np.array([logits(X_test, training=True) for _ in range(200)])
ratio = (runs.mean(0) * off).sum() / (off * off).sum()  # 1 if the mean over masks is what inference sees
changed = (runs[0].argmax(1) != runs[1].argmax(1)).mean()

def score(z):
    return (z.argmax(1) == y_test).mean(), -log_softmax(z, axis=1)[np.arange(len(z)), y_test].mean()

print(f"mean logits with dropout / without: {ratio:.2f}\n               accuracy  log loss")
for name, z in (("off, as it should", off), ("left on", runs[0])):
    print(f"{name:17} {score(z)[0]:5.3f} {score(z)[1]:9.2f}")
print(f"left on, {changed:.1%} of answers change when asked again")
plt.figure(figsize=(6.4, 4.4), layout="constrained")
plt.hist(runs[:, 0, y_test[0]], 30, color="tab:blue", alpha=0.6, label="200 masks")
plt.axvline(runs[:, 0, y_test[0]].mean(), color="tab:blue", ls="--", lw=2.5, label="their mean")
plt.axvline(off[0, y_test[0]], color="tab:orange", lw=2.5, label="dropout off")
plt.gca().set(xlabel="logit of the true class, first test image", ylabel="number of masks")
plt.legend()
plt.savefig("dropout.png", dpi=180)
assert abs(ratio - 1) < 0.03, "training and inference should see the same logits on average"
assert score(off)[1] < score(runs[0])[1] - 0.02, "left on at inference, dropout should cost log loss"
assert np.array_equal(off, logits(X_test, training=False)) and changed > 0.01, "off is repeatable, on is not"
