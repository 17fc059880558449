"""Gradient norm at each depth of a fresh net: it vanishes, holds or explodes with activation and initial weights."""

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit as sigmoid
from scipy.special import softmax
from sklearn.datasets import load_digits

plt.switch_backend("Agg")  # draws into a file, needs no window

DEPTH = 10  # hidden layers, 6..20
WIDTH = 128  # units per hidden layer, 64..256
VARIANCE = 2.0  # ReLU weights: variance x fan-in (He et al.: 2), 0.2..8
SEED = 0  # random seed, 0..9999

images, labels = load_digits(return_X_y=True)
x, y = images[:256] / 16, np.eye(10)[labels[:256]]


def relu(z):
    return np.maximum(z, 0)


def grad_norms(act, slope, variance):
    """Norm of dL/dh at hidden layers 1..DEPTH; `slope` is the activation's derivative, written in its output h."""
    rng = np.random.default_rng(SEED)
    sizes = [x.shape[1], *[WIDTH] * DEPTH, 10]
    weights = [rng.normal(0, np.sqrt(variance(m, n)), (m, n)) for m, n in zip(sizes[:-1], sizes[1:], strict=True)]
    hidden = [x]
    for w in weights[:-1]:
        hidden.append(act(hidden[-1] @ w))
    p = softmax(hidden[-1] @ weights[-1], axis=1)
    g = (p - y) / len(x) @ weights[-1].T  # dL/dh at the last hidden layer
    norms = [np.linalg.norm(g)]
    for layer in range(DEPTH, 1, -1):
        g = (g * slope(hidden[layer])) @ weights[layer - 1].T  # one layer down: times the slope, times the weights
        norms.insert(0, np.linalg.norm(g))
    return np.array(norms)


nets = {
    "sigmoid, Glorot": grad_norms(sigmoid, lambda h: h * (1 - h), lambda m, n: 2 / (m + n)),
    f"ReLU, {VARIANCE:g}/fan-in": grad_norms(relu, lambda h: h > 0, lambda m, n: VARIANCE / m),
    f"ReLU, {4 * VARIANCE:g}/fan-in": grad_norms(relu, lambda h: h > 0, lambda m, n: 4 * VARIANCE / m),
}
print(f"size of dL/dh    layer 1 / layer {DEPTH}   per layer")
plt.figure(figsize=(6.4, 4.4), layout="constrained")
for (name, norms), style in zip(nets.items(), ("o-", "s-", "^-"), strict=True):
    ratio = norms[0] / norms[-1]
    print(f"{name:18} {ratio:15.0e} {ratio ** (1 / (DEPTH - 1)):11.2f}")
    plt.semilogy(range(1, DEPTH + 1), norms, style, label=name)
plt.gca().set(xlabel="hidden layer (1 is next to the input)", ylabel="norm of dL/dh, log scale")
plt.legend(title="activation, weights")
plt.savefig("gradient_norms.png", dpi=180)

vanished, healthy, exploded = (norms[0] / norms[-1] for norms in nets.values())
assert vanished < 0.3 ** (DEPTH - 1), "sigmoid: the gradient should shrink at least threefold per layer"
assert 0.1 < healthy < 10, "ReLU, variance 2/fan-in: the gradient should keep its size"
assert exploded > 1.6 ** (DEPTH - 1), "ReLU, weights twice as large: the gradient should explode"
