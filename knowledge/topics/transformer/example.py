"""A one-block Transformer decoder (a toy) learns to copy; without the causal mask it reads off its own answers."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
CAUSAL = True  # False: every position sees the whole sequence
POSITIONS = True  # False: no position vectors are added
STEPS = 250  # training steps, 150..1000
SEED = 0  # random seed, 0..9999
rng = np.random.default_rng(SEED)
V, H, d = 12, 6, 32  # 12 symbols, 6 of them to be copied, width 32, one head; no normalisation in this toy
n = 2 * H - 1
sizes = dict(E=(V, d), P=(n, d), Q=(d, d), K=(d, d), V=(d, d), O=(d, d), A=(d, 64), B=(64, d), U=(d, V))
w = {key: rng.normal(0, 0.5 if key in "EP" else size[0] ** -0.5, size) for key, size in sizes.items()}
mean, square = ({key: np.zeros(size) for key, size in sizes.items()} for _ in range(2))
allowed = np.tri(n, dtype=bool) if CAUSAL else np.ones((n, n), bool)
def softmax(s):
    e = np.exp(s - s.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)
def outer(z, g):  # gradient of a weight matrix: summed over batch and positions
    return np.einsum("bni,bnj->ij", z, g)
def step_on(size):
    """Return the loss at each position, the attention weights and the gradients of the mean loss."""
    line = np.tile(rng.integers(0, V, (size, H)), 2)
    t, hot = line[:, :-1], np.eye(V)[line[:, 1:]]  # inputs, and one-hot the next symbol at each place
    x = w["E"][t] + w["P"] * POSITIONS
    q, k, v = x @ w["Q"], x @ w["K"], x @ w["V"]
    a = softmax(np.where(allowed, q @ k.swapaxes(1, 2) / d**0.5, -np.inf))
    h = x + (c := a @ v) @ w["O"]  # attention and its residual
    f = np.maximum(h @ w["A"], 0)
    y = h + f @ w["B"]  # feed-forward and its residual
    p = softmax(y @ w["U"])
    dl = (p - hot) / t.size  # backwards from here
    dy = dl @ w["U"].T
    df = dy @ w["B"].T * (f > 0)
    dh = dy + df @ w["A"].T
    dc = dh @ w["O"].T
    da = dc @ v.swapaxes(1, 2)
    ds = a * (da - (da * a).sum(-1, keepdims=True)) / d**0.5
    dq, dk, dv = ds @ k, ds.swapaxes(1, 2) @ q, a.swapaxes(1, 2) @ dc
    dx = dh + dq @ w["Q"].T + dk @ w["K"].T + dv @ w["V"].T
    g = dict(Q=outer(x, dq), K=outer(x, dk), V=outer(x, dv), O=outer(c, dh), A=outer(h, df), B=outer(f, dy))
    g |= dict(U=outer(y, dl), P=dx.sum(0) * POSITIONS, E=outer(np.eye(V)[t], dx))
    return -np.log((p * hot).sum(-1)).mean(0), a, g
for step in range(1, STEPS + 1):
    for key, g in step_on(64)[2].items():  # Adam
        mean[key] += 0.1 * (g - mean[key])
        square[key] += 0.01 * (g**2 - square[key])
        w[key] -= 0.01 * mean[key] / (1 - 0.9**step) / (np.sqrt(square[key] / (1 - 0.99**step)) + 1e-8)
loss, a, _ = step_on(500)
print(f"a line: {H} random symbols, then the same {H} again\nloss of the next symbol, by position:")
print("  random half: " + " ".join(f"{x:.2f}" for x in loss[: H - 1]) + f"  blind: ln {V} = {np.log(V):.2f}")
print("  copied half: " + " ".join(f"{x:.2f}" for x in loss[H - 1 :]))
plt.figure(figsize=(5.6, 5), layout="constrained")
plt.imshow(a.mean(0), cmap="Blues", vmin=0)
plt.axhline(H - 1.5, color="tab:red", lw=1.5)
plt.gca().set(xlabel="position looked at", ylabel="position that predicts", title="Attention: below the line, copying")
plt.savefig("copy.png", dpi=150)
assert loss[H - 1 :].max() < 0.3, "it does not copy"
assert loss[: H - 1].min() > 0.9 * np.log(V), "random symbols are foretold: a position reads its own answer"
