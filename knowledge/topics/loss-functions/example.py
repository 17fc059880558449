"""A few typing errors in the targets: MSE chases them, MAE and Huber hardly notice."""

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import minimize
from sklearn.datasets import load_diabetes

plt.switch_backend("Agg")  # draws into a file, needs no window

DELTA = 60.0  # Huber: quadratic up to here, linear beyond, 5..5000
TYPO_SHARE = 0.05  # share of targets with one zero too many, 0.01..0.2
SEED = 0  # random seed, 0..9999

patients, y = load_diabetes(return_X_y=True)
x = patients[:, 2] / patients[:, 2].std()  # body mass index, mean 0
typed = y.copy()
typo = np.random.default_rng(SEED).random(len(y)) < TYPO_SHARE
typed[typo] *= 10  # "1500" for 150

def mse(r):
    return r**2

def mae(r):
    return np.abs(r)

def huber(r):
    size = np.abs(r)
    return np.where(size <= DELTA, r**2 / 2, DELTA * (size - DELTA / 2))

def fit(loss, target):
    """Intercept and slope of the line with the smallest mean loss."""
    def mean_loss(line):
        return loss(target - line[0] - line[1] * x).mean()

    return minimize(mean_loss, [100, 20], method="Nelder-Mead", options={"fatol": 1e-6}).x  # needs no gradient

losses = {"MSE": mse, "MAE": mae, "Huber": huber}
clean = {name: fit(loss, y) for name, loss in losses.items()}
dirty = {name: fit(loss, typed) for name, loss in losses.items()}
shift = {name: np.abs(dirty[name] - clean[name])[0] for name in losses}  # at the mean BMI
print(f"{typo.sum()} of {len(y)} targets have a zero too many")
print("prediction for the mean BMI\n       clean  typos  shift")
for name in losses:
    print(f"{name:6} {clean[name][0]:5.0f} {dirty[name][0]:6.0f} {shift[name]:6.0f}")

fig, (top, bottom) = plt.subplots(2, 1, figsize=(6.2, 7.6), layout="constrained")
r, ends = np.linspace(-200, 200, 201), np.array([x.min(), x.max()])
bottom.plot(x, typed, ".", color="grey", alpha=0.6, label="patients")
for (name, loss), style in zip(losses.items(), ("-", "--", ":"), strict=True):
    scale = {"MSE": 0.5 / DELTA, "MAE": 1, "Huber": 1 / DELTA}[name]  # so that the shapes compare
    top.plot(r, loss(r) * scale, style, lw=2.5, label=name)
    bottom.plot(ends, dirty[name][0] + dirty[name][1] * ends, style, lw=2.5, label=f"{name}: off by {shift[name]:.0f}")
top.set(xlabel="residual y − prediction", ylabel="loss (scaled)", ylim=(0, 400))
bottom.set(xlabel="body mass index (standardised)", ylabel="target (most typos lie above)", ylim=(0, 700))
top.legend()
bottom.legend(loc="upper left")
plt.savefig("outliers.png", dpi=150)
assert shift["MSE"] > 30, "the typing errors should pull the MSE line away"
assert shift["MAE"] < 0.25 * shift["MSE"], "MAE should hardly move"
assert shift["Huber"] < 0.25 * shift["MSE"], "Huber should hardly move"
