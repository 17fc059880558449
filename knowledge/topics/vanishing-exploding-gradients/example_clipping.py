"""Descent beside a cliff: clipping by norm keeps the gradient's direction, clipping value by value turns it."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

plt.switch_backend("Agg")  # draws into a file, needs no window

LEARNING_RATE = 1.0  # step size, 0.5..3
CLIP = 0.1  # threshold of both kinds of clipping, 0.05..1000
SEED = 0  # random seed, 0..9999


def loss_and_grad(w, b):
    """One unit fed back 50 times, h = sigmoid(w h + b); its last state should be 0.7 (after Pascanu et al. 2013)."""
    h, dh = np.full_like(w, 0.5), np.zeros((2, *w.shape))
    for _ in range(50):
        new = 1 / (1 + np.exp(-(w * h + b)))
        dh = new * (1 - new) * (np.stack([h, np.ones_like(h)]) + w * dh)  # dh/dw and dh/db
        h = new
    return (h - 0.7) ** 2, 2 * (h - 0.7) * dh


clips = {
    "no clipping": lambda g: g,
    "by value": lambda g: np.clip(g, -CLIP, CLIP),
    "by norm": lambda g: g * (CLIP / np.maximum(np.hypot(*g), CLIP)),  # factor min(1, CLIP / norm)
}
solved, turned = {}, {}
rng = np.random.default_rng(SEED)
w = rng.uniform(5, 6.5, 50)
starts = np.stack([w, rng.uniform(0.2, 0.8, 50) - w / 2])  # the cliff runs along b = -w/2
grid = np.meshgrid(np.linspace(2.5, 7, 200), np.linspace(-3.8, 0, 200))
_, axes = plt.subplots(1, 3, figsize=(7.2, 3.6), sharey=True, layout="constrained")
print("of 50 starts  solved  longest step  turned by")
for (name, clip), ax in zip(clips.items(), axes, strict=True):
    path, turned[name] = [starts], 0.0
    for _ in range(300):
        g = loss_and_grad(*path[-1])[1]
        u = clip(g)
        path.append(path[-1] - LEARNING_RATE * u)
        g, u = g[:, np.hypot(*g) > CLIP], u[:, np.hypot(*g) > CLIP]  # where there was something to clip
        cosine = np.minimum((g * u).sum(0) / (np.hypot(*g) * np.hypot(*u)), 1)
        turned[name] = np.degrees(np.arccos(cosine)).max(initial=turned[name])
    solved[name] = int((loss_and_grad(*path[-1])[0] < 0.01).sum())
    longest = max(np.hypot(*(after - before)).max() for before, after in pairwise(path))
    print(f"{name:12} {solved[name]:7} {longest:13.1f} {turned[name]:6.0f} deg")
    ax.contourf(*grid, loss_and_grad(*grid)[0], levels=20, cmap="Greys")  # darker is worse
    ax.plot(*np.array(path)[:, :, 0].T, "o-", color="tab:red", markersize=3, linewidth=1)
    ax.set(title=f"{name}:\n{solved[name]} of 50 solved", xlabel="w", xlim=(2.5, 7), ylim=(-3.8, 0))
axes[0].set_ylabel("b   (the darker, the higher the loss)")
plt.savefig("clipping.png", dpi=170)

assert solved["by norm"] >= 48, "clipped by norm, nearly every start should reach a loss below 0.01"
assert turned["by norm"] < 0.1, "clipping by norm must not turn the gradient"
assert turned["by value"] > 20, "clipping by value should turn the gradient"
assert solved["by norm"] > max(solved["no clipping"], solved["by value"]), "clipping by norm should solve most"
