"""Why attention divides by √d: without it the logits' spread grows with d and the softmax lets no gradient through."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

SCALE = True  # divide the dot products by √d
KEYS = 64  # how many keys a query is compared with, 8..256
QUERIES = 400  # queries averaged over, 100..2000
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
dims = [4, 16, 64, 256, 1024]

def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)

def measure(d, scale):
    """Return the logits' standard deviation, the largest weight and the size of the softmax's gradient."""
    Q = rng.standard_normal((QUERIES, d))
    K = rng.standard_normal((KEYS, d))
    S = Q @ K.T
    if scale:
        S = S / np.sqrt(d)
    P = softmax(S)
    # Jacobian of a row: diag(p) − p·pᵀ. Its trace, Σ p(1 − p), is 0 exactly when p is one-hot.
    return S.std(), P.max(axis=1).mean(), (P * (1 - P)).sum(axis=1).mean()

plain = np.array([measure(d, False) for d in dims])
used = np.array([measure(d, SCALE) for d in dims])
print("          q·k            softmax(q·k)    " + ("divided by √d" if SCALE else "not divided"))
print("    d   std   √d    top weight  gradient   std  gradient")
for d, (std, top, grad), (std2, _, grad2) in zip(dims, plain, used):
    print(f"{d:5} {std:5.1f} {d**0.5:4.0f}    {top:7.2f}   {grad:8.3f}   {std2:5.2f}  {grad2:6.3f}")

fig, axes = plt.subplots(1, 2, figsize=(8, 3.6), layout="constrained")
for ax, column, title in zip(axes, (0, 2), ("spread of the logits (std)", "gradient through the softmax, Σ p(1 − p)")):
    ax.plot(dims, plain[:, column], "o-", color="tab:red", label="q·k")
    ax.plot(dims, used[:, column], "s-", color="tab:blue", label="q·k / √d" if SCALE else "q·k again")
    ax.set(xscale="log", xlabel="dimension d of a head", title=title)
    ax.set_xticks(dims, dims)
axes[0].set(yscale="log")
axes[0].legend()
plt.savefig("scaling.png", dpi=150)

assert np.all(np.abs(plain[:, 0] / np.sqrt(dims) - 1) < 0.2), "the spread of q·k does not grow like √d"
assert plain[-1, 2] < plain[0, 2] / 3, "the gradient does not fade without scaling"
assert np.all(np.abs(used[:, 0] - 1) < 0.2), "the logits' spread is not 1 at every d"
assert used[-1, 2] > 0.9 * used[0, 2], "the gradient fades although the scores are scaled"
