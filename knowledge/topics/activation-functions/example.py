"""Activation functions and their derivatives: checked against central differences, measured, plotted."""

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit as sigmoid
from scipy.stats import norm

plt.switch_backend("Agg")  # draws into a file, needs no window

SHIFT = 0.005  # moves the grid off the kink at 0, 0..0.005
STEP = 1e-5  # step of the central difference, 1e-9..0.1
SLOPE = 0.1  # Leaky ReLU left of 0, 0.01..0.5

x = np.linspace(-6, 6, 1201) + SHIFT
functions = {  # name: (function, derivative)
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "ReLU": (lambda z: np.maximum(z, 0), lambda z: np.where(z > 0, 1.0, 0.0)),
    "Leaky ReLU": (lambda z: np.where(z > 0, z, SLOPE * z), lambda z: np.where(z > 0, 1.0, SLOPE)),
    "ELU": (lambda z: np.where(z > 0, z, np.expm1(z)), lambda z: np.where(z > 0, 1.0, np.exp(z))),
    "GELU": (lambda z: z * norm.cdf(z), lambda z: norm.cdf(z) + z * norm.pdf(z)),
    "SiLU": (lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * (1 - sigmoid(z)))),
}
normal = norm.ppf((np.arange(10_000) + 0.5) / 10_000)  # z from N(0, 1), evenly spread instead of random
plt.rcParams["font.size"] = 12
_, axes = plt.subplots(2, 4, figsize=(8, 4.8), sharex=True, sharey=True, layout="constrained")
errors, peak = {}, {}
print("            max f'   f'(-3)    f'(3)   mean f(z)")
for (name, (f, slope)), ax in zip(functions.items(), axes.flat, strict=False):
    numeric = (f(x + STEP) - f(x - STEP)) / (2 * STEP)
    errors[name] = np.abs(numeric - slope(x)).max()
    peak[name] = slope(x).max()
    print(f"{name:10} {peak[name]:7.2f}  {slope(-3.0):7.3f}  {slope(3.0):7.3f} {f(normal).mean():10.2f}")
    ax.plot(x, f(x), label="f(z)")
    ax.plot(x, slope(x), "--", label="f'(z)")
    ax.set(title=name, xlabel="z", ylim=(-1.5, 3))
    ax.grid(alpha=0.3)
axes.flat[0].legend()
axes.flat[-1].set_axis_off()
plt.savefig("activations.png", dpi=150)

worst = max(errors, key=errors.get)
assert errors[worst] < 1e-6, f"{worst}: derivative and central difference differ by {errors[worst]:.2g}"
assert 0.2499 < peak["sigmoid"] <= 0.25, "the slope of sigmoid should peak at 1/4"
assert 0.999 < peak["tanh"] <= 1, "the slope of tanh should peak at 1"
print("Each f' agrees with central differences to 1e-6.")
