"""Data-parallel training at toy size: ring all-reduce makes p workers' gradients that of the whole batch."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

WORKERS = 4  # simulated devices, 2..16
EQUAL_SHARDS = True  # False: the last worker gets half as many samples as the others
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
features = 240
sizes = [8] * (WORKERS - 1) + [8 if EQUAL_SHARDS else 4]
X = rng.standard_normal((sum(sizes), features))
y = rng.standard_normal(len(X))
w = rng.standard_normal(features)

def gradient(X, y):
    return 2 * X.T @ (X @ w - y) / len(X)  # of the mean squared error

def ring_all_reduce(vectors):
    """Sums vectors over a ring of workers; also gives how many numbers each of them sent."""
    p = len(vectors)
    parts = [np.array_split(v.copy(), p) for v in vectors]
    sent = np.zeros(p, int)
    for phase in ("reduce-scatter", "all-gather"):
        for step in range(p - 1):
            first = 0 if phase == "reduce-scatter" else 1
            moves = [(r, (r + first - step) % p) for r in range(p)]
            data = [parts[r][c].copy() for r, c in moves]  # all send at the same time
            for (r, c), chunk in zip(moves, data):
                sent[r] += len(chunk)
                target = parts[(r + 1) % p]
                target[c] = target[c] + chunk if phase == "reduce-scatter" else chunk
    return [np.concatenate(chunks) for chunks in parts], sent

shards = np.split(np.arange(len(X)), np.cumsum(sizes)[:-1])
summed, sent = ring_all_reduce([gradient(X[i], y[i]) for i in shards])
whole = gradient(X, y)
gap = max(np.abs(s / WORKERS - whole).max() for s in summed)
print(f"{WORKERS} workers with {sizes} samples, gradient of {features} numbers")
print(f"largest difference from the whole batch's: {gap:.1e}")
print(f"numbers sent by a worker: {sent.max()}")
print(f"2(p-1)/p of {features}: {2 * (WORKERS - 1) * features / WORKERS:.0f}")

p = np.arange(2, 65)
fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.plot(p, 2 * (p - 1) / p, lw=2.5, label="ring: each worker")
ax.plot(p, p - 1, "--", label="one master sends all copies")
ax.plot(WORKERS, sent.max() / features, "o", ms=9, color="black", label="measured here")
ax.set(xscale="log", yscale="log", xlabel="workers", ylabel="sent, in sizes of the gradient")
ax.set_xticks([2, 4, 8, 16, 32, 64], ["2", "4", "8", "16", "32", "64"])
ax.set_yticks([1, 2, 10, 60], ["1", "2", "10", "60"])
ax.minorticks_off()
ax.legend()
plt.savefig("ring.png", dpi=150)
assert sent.max() <= 2 * (WORKERS - 1) * -(-features // WORKERS), "a worker sends more than the ring needs"
assert gap < 1e-9, "the average of the workers' gradients is not the gradient of the whole batch"
