"""Mode collapse: a generator that fully exploits each discriminator ends up in one mode and hops."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

GREEDY_STEPS = 100  # G's steps per D step in the greedy run; the other run takes 1, 1..200
MODES = 8  # modes of the data, all equally likely, 4..12
ROUNDS = 400  # rounds of one D step and then G's steps, 300..2000
SEED = 0  # random seed, 0..9999

rate = 0.5
p_data = np.full(MODES, 1 / MODES)
g_start = np.random.default_rng(SEED).normal(size=MODES)

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def softmax(a):
    e = np.exp(a - a.max())
    return e / e.sum()

def play(g_steps):
    """Both nets shrunk to tables: D holds one logit a mode, G its share of samples in each mode."""
    g, d, history = g_start.copy(), np.zeros(MODES), []
    for _ in range(ROUNDS):
        # D climbs E_data[log D] + E_g[log(1 - D)]
        d += rate * MODES * (p_data * (1 - sigmoid(d)) - softmax(g) * sigmoid(d))
        for _ in range(g_steps):  # G climbs E_g[log D], the non-saturating loss, with D held fixed
            p_g, reward = softmax(g), np.log(sigmoid(d))
            g += rate * MODES * p_g * (reward - p_g @ reward)
        history.append(softmax(g))
    return np.array(history)

def modes_held(p):  # e to the entropy: 8 when all are equal, 1 when one has everything
    return np.exp(-(p * np.log(p + 1e-12)).sum(-1))

runs = {"1 G step per D step": play(1), f"{GREEDY_STEPS} G steps per D step": play(GREEDY_STEPS)}
held = [modes_held(history[-200:]).mean() for history in runs.values()]
fig, axes = plt.subplots(2, 1, figsize=(7, 4.4), sharex=True, layout="constrained")
for ax, n, (name, history) in zip(axes, held, runs.items()):
    print(f"{name:24} modes held {n:.1f} of {MODES}")
    image = ax.imshow(history[-60:].T, aspect="auto", vmin=0, vmax=1, cmap="magma",
                      extent=(ROUNDS - 60, ROUNDS, MODES - 0.5, -0.5))
    ax.set(title=f"{name}: holds {n:.1f} of {MODES} modes", ylabel="mode")
hops = (np.diff(history[-200:].argmax(1)) != 0).sum()
print(f"the greedy one hopped {hops} times in 200 rounds")
axes[1].set_xlabel("round")
fig.colorbar(image, ax=axes, label="share of G's samples")
plt.savefig("collapse.png", dpi=150)
assert held[0] > 0.9 * MODES, "balanced play lost modes"
assert held[1] < 0.5 * MODES, "the greedy generator did not collapse"
