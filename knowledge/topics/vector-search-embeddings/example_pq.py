"""Product quantisation: 256-byte vectors in a few bytes, searched by table look-up, repaired by rescoring (a toy)."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

RESCORED = 50  # candidates compared again with full vectors, 10..200
K = 10  # true neighbours to be found, 1..10
CENTRES = 16  # centroids a block: 16 are 4 bits, 4..64
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
X = rng.permutation(load_digits().data)
queries, base = X[:200], X[200:]

def squared(A, B):  # distances between all rows of A and of B
    return (A**2).sum(1)[:, None] - 2 * A @ B.T + (B**2).sum(1)

def kmeans(A):
    """Return centroids after 15 steps of Lloyd's algorithm."""
    C = A[rng.choice(len(A), CENTRES, replace=False)]
    for _ in range(15):
        near = squared(A, C).argmin(axis=1)
        C = np.array([A[near == c].mean(axis=0) if (near == c).any() else C[c] for c in range(CENTRES)])
    return C

exact = squared(queries, base)
true = np.argsort(exact, axis=1)[:, :K]

def recall(found):  # share of the true neighbours
    return np.mean([len(set(f) & set(t)) / K for f, t in zip(found, true)])

def search(blocks):
    """Return the recall by PQ distances alone, and after rescoring."""
    approx = 0
    for part in np.split(np.arange(X.shape[1]), blocks):
        C = kmeans(base[:, part])
        code = squared(base[:, part], C).argmin(axis=1)  # what is stored
        approx = approx + squared(queries[:, part], C)[:, code]  # a table a query, then look-ups
    order = np.argsort(approx, axis=1)[:, :RESCORED]
    again = np.argsort(np.take_along_axis(exact, order, axis=1), axis=1)[:, :K]
    return recall(order[:, :K]), recall(np.take_along_axis(order, again, axis=1))

blocks = [2, 4, 8, 16, 32]
sizes = np.array(blocks) * np.log2(CENTRES) / 8
table = np.array([search(m) for m in blocks])
print("blocks  bytes  PQ alone  rescored")
for m, size, (alone, rescored) in zip(blocks, sizes, table):
    print(f"{m:6} {size:6.1f} {alone:9.2f} {rescored:9.2f}")

plt.figure(figsize=(7, 4), layout="constrained")
plt.plot(sizes, table[:, 0], "o-", label="PQ distances alone")
plt.plot(sizes, table[:, 1], "s-", label=f"best {RESCORED} rescored with full vectors")
plt.gca().set(xlabel="bytes a vector (256 as float32)", ylabel=f"recall of the {K} nearest", ylim=(0, 1.03))
plt.legend(loc="lower right")
plt.savefig("pq.png", dpi=150)
assert table[-1, 0] > table[0, 0] + 0.2, "more bytes do not help"
assert table[2, 1] > table[2, 0] + 0.1, "rescoring does not repair the approximate order"
assert table[2, 1] > 0.95, "4 bytes and rescoring do not find nearly all"
