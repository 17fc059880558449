"""Six planted bugs, six symptoms: a few quick checks tell them apart in a small network for digits."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.datasets import load_digits

RATE = 0.1  # learning rate, 0.05..0.3
LARGE_RATE = 300.0  # of the bug "rate too large", 100..1000
EPOCHS = 15  # passes over the data, 12..30
SEED = 0  # random seed, 0..9999
def train(bug, one_batch=False):  # -> losses of all steps, accuracy in training and in test
    rng = np.random.default_rng(SEED)
    x, y = load_digits(return_X_y=True)
    x = (x - 4.9) / 6  # mean about 0, spread about 1
    (x, test_x), (y, test_y) = (np.split(a, [1300]) for a in (x, y))
    x, y = (x[:10], y[:10]) if one_batch else (x, y)  # the set begins with 0, 1, ... 9
    y = rng.permutation(y) if bug == "labels shuffled" else y
    flip = np.arange(64).reshape(8, 8).T.ravel() if bug == "test transposed" else slice(None)
    size, rate = bug != "weights all 0", LARGE_RATE if bug == "rate too large" else RATE
    w, v = size * rng.normal(0, (2 / 64) ** 0.5, (64, 48)), size * rng.normal(0, 0.1, (48, 10))
    b, c, losses = np.zeros(48), np.zeros(10), []
    for _ in range(300 if one_batch else EPOCHS):
        order = np.argsort(y, kind="stable") if bug == "sorted by label" else rng.permutation(len(x))
        for rows in np.split(order, range(32, len(x), 32)):
            h = np.maximum(0, x[rows] @ w + b)
            p = h @ v + c
            for _ in range(2 if bug == "softmax twice" else 1):
                z, p = p, softmax(p, axis=1)
            losses.append(min(20, -log_softmax(z, axis=1)[range(len(rows)), y[rows]].mean()))
            d = (p - np.eye(10)[y[rows]]) / len(rows)
            if bug == "softmax twice":  # back through the first softmax, too
                d = z * (d - (d * z).sum(1, keepdims=True))
            back = d @ v.T * (h > 0)
            for value, slope in ((v, h.T @ d), (c, d.sum(0)), (w, x[rows].T @ back), (b, back.sum(0))):
                value -= rate * slope
    return losses, *(np.mean((np.maximum(0, u @ w + b) @ v + c).argmax(1) == t) for u, t in ((x, y), (test_x[:, flip], test_y)))
def diagnose(last, fits, test, one):  # the decision path: symptom, check, cause
    if not max(last) < 20:
        return "rate too large"  # it explodes, or is NaN
    if one > 1:  # ten rows cannot be memorised: a bug, not the data
        return "softmax twice" if one < 2 else "weights all 0"
    if fits < 0.97:  # some batches fit, or none
        return "sorted by label" if min(last) < 0.5 else "labels shuffled"
    return "test transposed" if test < 0.7 else "healthy"
BUGS = ["healthy", "weights all 0", "softmax twice", "labels shuffled", "sorted by label", "rate too large", "test transposed"]
found, (fig, axes) = [], plt.subplots(2, 4, figsize=(9, 4.4), layout="constrained", sharex=True, sharey=True)
print("bug, loss <= 20 first loss last epoch 1 batch train test")
for bug, ax in zip(BUGS, axes.flat):
    losses, fits, test = train(bug)
    last, one = losses[-41:], train(bug, one_batch=True)[0][-1]
    print(f"{bug:15} {losses[0]:9.2f} {min(last):6.2f}..{max(last):6.2f} {one:6.2f} {fits:5.2f} {test:4.2f}")
    found += [diagnose(last, fits, test, one)]
    ax.plot(np.minimum(losses, 3.1), lw=0.7)
    ax.set(title=f"{bug}\ntrain {fits:.2f}, test {test:.2f}", ylim=(0, 3.2))
fig.delaxes(axes[1, 3])
fig.supylabel("training loss, cut at 3.1"), fig.supxlabel("step")
plt.savefig("bugs.png", dpi=110)
assert found == BUGS, f"the checks are misled: {found}"
