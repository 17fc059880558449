"""Causal multi-head attention: a later token changes no earlier output, and without the mask it leaks."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

CAUSAL = True  # False: every position sees the whole sequence
HEADS = 4  # heads; the width of 32 is divided among them (1, 2, 4 or 8), 1..8
LENGTH = 10  # tokens, 6..16
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
width = 32
wq, wk, wv, wo = rng.standard_normal((4, width, width)) / np.sqrt(width)

def heads(x):  # n, width -> heads, n, width / heads
    return x.reshape(len(x), HEADS, -1).swapaxes(0, 1)

def attention(x, causal):
    q, k, v = heads(x @ wq), heads(x @ wk), heads(x @ wv)
    s = q @ k.swapaxes(1, 2) / np.sqrt(q.shape[-1])
    if causal:  # before the softmax: −∞ becomes a weight of exactly 0
        s = np.where(np.tri(len(x), dtype=bool), s, -np.inf)
    a = np.exp(s - s.max(axis=-1, keepdims=True))
    a /= a.sum(axis=-1, keepdims=True)
    return (a @ v).swapaxes(0, 1).reshape(len(x), width) @ wo, a

x = rng.standard_normal((LENGTH, width))
out, weights = attention(x, CAUSAL)
print("weights of head 0, per cent:")
for row in weights[0]:
    print("  " + " ".join(f"{100 * w:3.0f}" if w else "  ." for w in row))

changed = LENGTH // 2  # put another token here; who notices?
other = x.copy()
other[changed] = rng.standard_normal(width)
moved = np.abs(attention(other, CAUSAL)[0] - out).max(axis=1)
print(f"token {changed} is exchanged; outputs that change: {np.flatnonzero(moved > 1e-12).tolist()}")

order = rng.permutation(LENGTH)  # no mask, no positions: order does not exist
shuffled = np.abs(attention(x[order], False)[0] - attention(x, False)[0][order]).max()
print(f"shuffling the tokens shuffles the outputs, to {shuffled:.0e}")

fig, axes = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained")
for ax, causal in zip(axes, (False, True)):
    ax.imshow(attention(x, causal)[1][0], cmap="Blues", vmin=0)
    ax.set(title="causal mask" if causal else "no mask", xlabel="key (looked at)", ylabel="query (looks)")
plt.savefig("mask.png", dpi=150)

assert np.allclose(weights.sum(axis=-1), 1), "a row of weights does not sum to 1"
assert shuffled < 1e-12, "attention without a mask depends on the order"
assert moved[changed:].min() > 1e-6, "a position that may look at the token does not notice"
assert moved[:changed].max() < 1e-12, "a later token changes an earlier output: the future leaks"
