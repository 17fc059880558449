"""Softmax output: the gradient of a confident mistake survives only if cross-entropy is taken from the logits."""

import matplotlib.pyplot as plt
import numpy as np

plt.switch_backend("Agg")  # draws into a file, needs no window

SUBTRACT_MAX = True  # subtract the largest logit before exp
CLIP = 1e-7  # probabilities are kept above this before the log, 1e-12..0.001
CLASSES = 3  # number of classes, 2..10

margin = np.arange(121, dtype=np.float32)  # the wrong class 0 leads the true class 1 by this much
logits = np.zeros((len(margin), CLASSES), dtype=np.float32)
logits[:, 0] = margin
y = np.eye(CLASSES, dtype=np.float32)[1]


def softmax(z):
    if SUBTRACT_MAX:
        z = z - z.max(axis=1, keepdims=True)  # same result, as the common factor cancels, but exp cannot overflow
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(z)
        return e / e.sum(axis=1, keepdims=True)


def back_through_softmax(p, g):
    """Multiply dL/dp by softmax's Jacobian, diag(p) - p p^T."""
    return p * (g - (g * p).sum(axis=1, keepdims=True))


p = softmax(logits)
kept = p[:, 1:2] > CLIP  # outside its range, clipping has slope 0
pairings = {
    "cross-entropy from logits": p - y,
    "cross-entropy of clipped p": back_through_softmax(p, np.where(kept, -y / np.maximum(p, CLIP), 0)),
    "squared error of p": back_through_softmax(p, 2 * (p - y)),
}
size = {name: np.abs(g[:, 1]) for name, g in pairings.items()}
print("|dL/dz| of the true class; the wrong one leads by")
shown = (0, 2, 5, 10, 20, 100)
print(" " * 27 + "".join(f"{m:5}" for m in shown))
plt.rcParams["font.size"] = 12
plt.figure(figsize=(7.5, 4.6), layout="constrained")
for (name, s), style in zip(size.items(), ("-", "--", ":"), strict=True):
    print(f"{name:27}" + "".join(f"{s[m]:5.2f}" for m in shown))
    plt.plot(margin[:41], s[:41], style, linewidth=2.5, label=name)
plt.gca().set(xlabel="lead of the wrong class (logits)", ylabel="gradient on the true logit")
plt.legend()
plt.savefig("softmax.png", dpi=150)

logit_loss, clipped, squared = size.values()
assert np.isfinite(p).all(), "softmax should give numbers, not nan, for every logit"
assert (np.diff(logit_loss) >= 0).all(), "a worse mistake should get a larger gradient"
assert max(clipped[20], squared[20]) < 1e-6, "clipping and squared error should have lost the gradient by now"
assert np.allclose(clipped[:10], logit_loss[:10], atol=1e-4), "through the Jacobian it should be p - y as well"
