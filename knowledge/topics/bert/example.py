"""Masked-word prediction by a toy encoder: it fills a gap from both sides; a left-to-right model cannot."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
BIDIRECTIONAL = True  # False: every position sees only itself and what stands to its left
RATE = 0.15  # share of the tokens chosen for prediction, 0.05..0.5
STEPS = 400  # training steps, 300..1000
SEED = 0  # random seed, 0..9999
rng = np.random.default_rng(SEED)
V, n, d, MASK = 8, 10, 32, 8  # a toy language: palindromes of 10 out of 8 words; one layer of attention alone
sizes = dict(E=(V + 1, d), P=(n, d), Q=(d, d), K=(d, d), V=(d, d), O=(d, d), U=(d, V))
w = {key: rng.normal(0, 0.5 if key in "EP" else size[0] ** -0.5, size) for key, size in sizes.items()}
mean, square = ({key: np.zeros(size) for key, size in sizes.items()} for _ in range(2))
allowed = np.ones((n, n), bool) if BIDIRECTIONAL else np.tri(n, dtype=bool)
def softmax(s):
    e = np.exp(s - s.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)
def outer(z, g):  # gradient of a weight matrix: summed over batch and positions
    return np.einsum("bni,bnj->ij", z, g)
def run(t, chosen, true):
    """Return the probabilities of the words and the gradients of the loss, which counts the chosen places only."""
    x = w["E"][t] + w["P"]
    q, k, v = x @ w["Q"], x @ w["K"], x @ w["V"]
    a = softmax(np.where(allowed, q @ k.swapaxes(1, 2) / d**0.5, -np.inf))
    h = x + (c := a @ v) @ w["O"]
    p = softmax(h @ w["U"])
    dl = (p - np.eye(V)[true]) * chosen[..., None] / max(chosen.sum(), 1)
    dh = dl @ w["U"].T  # backwards from here
    dc = dh @ w["O"].T
    da = dc @ v.swapaxes(1, 2)
    ds = a * (da - (da * a).sum(-1, keepdims=True)) / d**0.5
    dq, dk, dv = ds @ k, ds.swapaxes(1, 2) @ q, a.swapaxes(1, 2) @ dc
    dx = dh + dq @ w["Q"].T + dk @ w["K"].T + dv @ w["V"].T
    g = dict(Q=outer(x, dq), K=outer(x, dk), V=outer(x, dv), O=outer(c, dh), U=outer(h, dl))
    return p, g | dict(P=dx.sum(0), E=outer(np.eye(V + 1)[t], dx))
def lines(size):
    half = rng.integers(0, V, (size, n // 2))
    return np.concatenate([half, half[:, ::-1]], axis=1)
for step in range(1, STEPS + 1):
    true, chosen, how = lines(64), rng.random((64, n)) < RATE, rng.random((64, n))
    t = np.where(chosen & (how < 0.8), MASK, true)  # 80 % [MASK], 10 % another word, 10 % as it was
    t = np.where(chosen & (how > 0.9), rng.integers(0, V, (64, n)), t)
    for key, g in run(t, chosen, true)[1].items():  # Adam
        mean[key] += 0.1 * (g - mean[key])
        square[key] += 0.01 * (g**2 - square[key])
        w[key] -= 0.01 * mean[key] / (1 - 0.9**step) / (np.sqrt(square[key] / (1 - 0.99**step)) + 1e-8)
hit = np.zeros(n)
for place in range(n):  # hide one place of fresh lines
    true = lines(500)
    t = np.where(np.arange(n) == place, MASK, true)
    hit[place] = (run(t, np.zeros(t.shape), true)[0][:, place].argmax(-1) == true[:, place]).mean()
print(f"hidden words found: left half {hit[: n // 2].mean():.2f}, right half {hit[n // 2 :].mean():.2f}")
plt.figure(figsize=(7, 3.6), layout="constrained")
plt.bar(np.arange(n), hit, color=["tab:blue"] * (n // 2) + ["tab:orange"] * (n // 2))
plt.axhline(1 / V, color="gray", ls="--")
plt.gca().set(xlabel="hidden place (blue: its twin is to the right)", ylabel="share found", title="Hidden words found (dashed: blind)")
plt.savefig("masked.png", dpi=150)
assert hit[n // 2 :].min() > 0.8, "not even with the twin on the left is the word found"
assert hit[: n // 2].min() > 0.8, "words whose twin stands to the right are not found"
