"""Cross-entropy from logits: exact at any size; from probabilities it overflows, or goes flat."""

import matplotlib.pyplot as plt
import numpy as np

plt.switch_backend("Agg")  # draws into a file, needs no window

STABLE = True  # False: takes the sigmoid first, then the log
EPSILON = 1e-7  # where the clipped version cuts the probability, 1e-12..0.001

z = np.linspace(-120, 40, 641, dtype=np.float32)  # the logit; the label is 1

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def from_logits(z, y=1):
    """Loss softplus(z) - y z, that is -log p and -log(1 - p); exp never sees a positive number."""
    if not STABLE:
        return -np.log(sigmoid(z))
    return np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))

def log_sum_exp(z):
    """Return log(sum(exp(z))): the largest is taken out first, so that exp is at most 1."""
    return z.max() + np.log(np.exp(z - z.max()).sum())

with np.errstate(over="ignore", divide="ignore"):  # the naive ones overflow: that is the point
    curves = {
        "from logits": from_logits(z),
        "sigmoid, then log": -np.log(sigmoid(z)),
        "sigmoid, clipped, log": -np.log(np.clip(sigmoid(z), EPSILON, 1 - EPSILON)),
        "sigmoid twice": from_logits(sigmoid(z)),
    }
exact = np.logaddexp(0, -z.astype(np.float64))
shown = (-100, -50, -5, 0, 5, 30)
print("label 1, logit          " + "".join(f"{s:6}" for s in shown))
for name, curve in {**curves, "exact": exact}.items():
    print(f"{name:22}  " + "".join(f"{curve[np.searchsorted(z, s)] + 0:6.2f}" for s in shown))
big = np.array([1000.0, 999.0, 0.0])
print(f"log-sum-exp of 1000, 999, 0: {log_sum_exp(big):.4f}")

plt.figure(figsize=(6.4, 4.4), layout="constrained")
for (name, curve), style in zip(curves.items(), ("-", "--", "-.", ":"), strict=True):
    plt.plot(z, curve, style, lw=4 if style == "-" else 2.5, label=name, alpha=0.8)
plt.axvline(-88.7, color="grey", lw=1, label="exp(-z) overflows float32")
plt.gca().set(xlabel="logit z (label is 1)", ylabel="loss", ylim=(-3, 125))
plt.legend()
plt.savefig("logits.png", dpi=180)

assert np.allclose(curves["from logits"], exact, rtol=1e-5, atol=0), "should be exact, at both ends"
assert not np.isfinite(curves["sigmoid, then log"]).all(), "sigmoid then log should overflow in float32"
assert np.ptp(curves["sigmoid, clipped, log"][z < -20]) == 0, "clipping should leave no slope"
assert 0.31 < curves["sigmoid twice"].min() < 0.32, "with two sigmoids a perfect answer still costs log(1 + 1/e)"
