"""Approximate search on real vectors: the recall of IVF (k-means cells) and of LSH (random planes)."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

DATA = "digits"  # vectors to search: one of digits, noise
CELLS = 40  # cells of the IVF index, 10..100
K = 10  # true neighbours to be found, 1..20
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
X = rng.permutation(load_digits().data)
X = rng.standard_normal(X.shape) if DATA == "noise" else X - X.mean(axis=0)
queries, base = X[:200], X[200:]

def squared(A, B):  # distances between all rows of A and of B
    return (A**2).sum(1)[:, None] - 2 * A @ B.T + (B**2).sum(1)
true = np.argsort(squared(queries, base), axis=1)[:, :K]
def measure(seen):  # mean share compared, recall of the true neighbours
    return seen.mean(), np.take_along_axis(seen, true, axis=1).mean()

# IVF: k-means cells; a query looks into the cells whose centres are nearest.
centres = base[rng.choice(len(base), CELLS, replace=False)]
for _ in range(15):
    cell = squared(base, centres).argmin(axis=1)
    centres = np.array([base[cell == c].mean(axis=0) if (cell == c).any() else centres[c] for c in range(CELLS)])
cell = squared(base, centres).argmin(axis=1)
rank = squared(queries, centres).argsort(axis=1).argsort(axis=1)  # how near each cell is to each query
probes = [1, 2, 3, 4, 6, 8, 12, CELLS]
ivf = np.array([measure(rank[:, cell] < p) for p in probes]) + [CELLS / len(base), 0]  # centres count, too

def lsh(bits, tables=40):  # cost and recall after 1, 2, … tables of random hyperplanes
    seen, curve = False, []
    for t in range(1, tables + 1):
        planes, powers = rng.standard_normal((X.shape[1], bits)), 2 ** np.arange(bits)
        seen = seen | (((queries @ planes > 0) @ powers)[:, None] == (base @ planes > 0) @ powers)
        curve.append(measure(seen) + np.array([t * bits / len(base), 0]))  # a plane costs a dot product, too
    return np.array(curve)

hashed = {bits: lsh(bits) for bits in (4, 6, 8, 10, 12)}
print("IVF   probes " + "".join(f"{p:5}" for p in probes))
for name, row in zip(("cost   ", "recall "), ivf.T):
    print(f"      {name}" + "".join(f"{value:5.2f}" for value in row))
for bits, curve in hashed.items():
    n = min((curve[:, 1] < 0.9).sum(), len(curve) - 1)  # as many tables as recall 0.9 takes
    print(f"LSH {bits:2} bits, {n + 1:2} tables: cost {curve[n, 0]:.2f}, recall {curve[n, 1]:.2f}")

plt.figure(figsize=(7, 4), layout="constrained")
plt.plot(*ivf.T, "o-", color="black", label=f"IVF, {CELLS} cells, 1…{CELLS} probed")
for bits, curve in hashed.items():
    plt.plot(*curve.T, ".--", label=f"LSH, {bits} bits, 1…40 tables")
plt.gca().set(xlim=(0, 0.6), ylim=(0, 1.03), xlabel="dot products of a query / stored vectors", ylabel=f"recall of the {K} nearest")
plt.legend(loc="lower right")
plt.savefig("ann.png", dpi=150)
at_tenth = np.interp(0.1, *ivf.T)
assert ivf[-1, 1] == 1, "probing all cells is not exact"
assert at_tenth > 0.9, "a tenth of the work does not find nearly all neighbours"
assert at_tenth > max(np.interp(0.1, *curve.T) for curve in hashed.values()), "IVF does not beat LSH"
