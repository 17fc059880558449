"""Dense layers without an activation are one linear map; ReLU between them is not."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

BETWEEN = "identity"  # activation of the first stack: one of identity, relu
LAYERS = 6  # dense layers in the stack, 2..20
WIDTH = 64  # units in each hidden layer, 8..256
SEED = 0  # random seed, 0..9999

ACTIVATIONS = {"identity": lambda z: z, "relu": lambda z: np.maximum(z, 0)}
rng = np.random.default_rng(SEED)
sizes = [1] + [WIDTH] * (LAYERS - 1) + [1]
Ws = [rng.normal(0, np.sqrt(2 / a), (a, b)) for a, b in zip(sizes, sizes[1:])]
bs = [rng.normal(size=b) for b in sizes[1:]]


def stack(x, act):
    for W, b in zip(Ws[:-1], bs[:-1]):
        x = act(x @ W + b)
    return x @ Ws[-1] + bs[-1]  # the last layer stays linear


# Multiply the stack out: (xW1 + b1)W2 + b2 = x(W1W2) + (b1W2 + b2), and so on.
W_all, b_all = Ws[0], bs[0]
for W, b in zip(Ws[1:], bs[1:]):
    W_all, b_all = W_all @ W, b_all @ W + b

x = np.linspace(-3, 3, 601)[:, None]
one_map = x @ W_all + b_all
first, with_relu = stack(x, ACTIVATIONS[BETWEEN]), stack(x, ACTIVATIONS["relu"])
gap = np.abs(first - one_map).max() / np.abs(one_map).max()
slope = np.diff(with_relu[:, 0]) / np.diff(x[:, 0])
count = sum(W.size for W in Ws) + sum(b.size for b in bs)
print(f"{LAYERS} dense layers, {count} parameters, one input")
print(f"{BETWEEN} between them: equals y = ax + c: {gap < 1e-9}")
print(f"  a = {W_all[0, 0]:.2f}, c = {b_all[0]:.2f}: two numbers say the same")
print(f"relu between them: slope varies from {slope.min():.2f} to {slope.max():.2f}")

plt.rcParams["font.size"] = 14
fig, ax = plt.subplots(figsize=(10, 5.6), layout="constrained")
curves = {f"{LAYERS} layers, {BETWEEN} between": (first, "tab:blue", 6),
          "one layer, multiplied out": (one_map, "black", 2),
          f"{LAYERS} layers, ReLU between": (with_relu, "tab:orange", 4)}
for label, (out, color, width) in curves.items():
    ax.plot(x, out / np.abs(out).max(), color=color, lw=width, label=label)
ax.set(title="the same weights with and without an activation", xlabel="input x", ylabel="output / its maximum")
ax.legend()
fig.savefig("collapse.png", dpi=110)

assert gap < 1e-9, "the stack is not one linear map"
assert np.ptp(slope) > 0.1 * np.abs(slope).max(), "with ReLU the slope should change"
