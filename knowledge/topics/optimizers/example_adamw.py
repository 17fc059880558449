"""AdamW is not Adam with L2: Adam divides the L2 term by the gradient's size, AdamW shrinks all weights alike."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

NOISE = (0.1, 1.0, 10.0)  # gradient size of three groups of weights, 0.01..100
DECAY = 0.5  # strength λ of L2 and of the decoupled decay, 0.2..1
STEPS = 2000  # updates, 1000..3000
RATE = 0.001  # learning rate, 0.0005..0.002
SEED = 0  # random seed, 0..9999

# The loss says nothing about these weights: their gradients are noise around 0, so only the decay should move them.

def train(rule, decoupled):
    rng = np.random.default_rng(SEED)
    w = np.ones((200, 3))  # 200 weights in each group, all 1 at the start
    m = v = np.zeros_like(w)
    left = []
    for t in range(1, STEPS + 1):
        g = np.array(NOISE) * rng.normal(size=w.shape)
        if not decoupled:
            g = g + DECAY * w  # L2: the penalty ½λw² adds λw to the gradient
        step = g
        if rule == "Adam":
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g ** 2
            step = (m / (1 - 0.9 ** t)) / (np.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
        w = w - RATE * step - (RATE * DECAY * w if decoupled else 0)
        left.append(w.mean(0))
    return np.array(left)

runs = {name: train(rule, decoupled) for name, rule, decoupled in (
    ("SGD + L2", "SGD", False), ("SGD, decoupled", "SGD", True),
    ("Adam + L2", "Adam", False), ("AdamW", "Adam", True))}
expected = (1 - RATE * DECAY) ** STEPS
print("what is left of weights that started at 1\ngradient size  " + "".join(f"{size:8g}" for size in NOISE))
for name, left in runs.items():
    print(f"{name:15}" + "".join(f"{value:8.2f}" for value in left[-1]))
print(f"decay alone: (1 - rate·λ)^steps = {expected:.2f}")

plt.rcParams["font.size"] = 12
fig, axes = plt.subplots(2, 1, figsize=(6.6, 7), sharex=True, sharey=True, layout="constrained")
for ax, name in zip(axes, ("Adam + L2", "AdamW")):
    for size, left, style in zip(NOISE, runs[name].T, ("-", "-", "--")):
        ax.plot(left, style, lw=3, label=f"gradient size {size:g}")
    ax.set(title=name, ylabel="mean weight")
axes[0].legend(loc="lower left")
axes[1].set_xlabel("update")
plt.savefig("decay.png", dpi=150)
assert np.allclose(runs["SGD + L2"], runs["SGD, decoupled"]), "under SGD both should be the same thing"
assert np.allclose(runs["AdamW"][-1], expected, atol=0.05), "AdamW should shrink every group alike"
small, _, large = runs["Adam + L2"][-1]
assert large > small + 0.3, "Adam + L2 should hardly shrink weights with large gradients"
