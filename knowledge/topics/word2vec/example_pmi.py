"""What skip-gram with negative sampling learns: w·c becomes PMI(w, c) − log k (Levy & Goldberg 2014)."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import minimize
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine

DIM = 30  # length of the vectors, 4..40
WINDOW = 4  # context words on each side, 2..8
WORDS = 30  # size of the vocabulary, the most frequent words, 20..40
SEED = 0  # random seed of the start, 0..9999

texts = [load().DESCR.lower() for load in (load_breast_cancer, load_diabetes, load_iris, load_wine)]
texts = [["".join(c for c in w if c.isalpha()) for w in text.split()] for text in texts]
words, counts = np.unique([w for text in texts for w in text if w], return_counts=True)
number = {w: i for i, w in enumerate(words[np.argsort(-counts, kind="stable")][:WORDS])}
n = np.zeros((WORDS, WORDS))  # n[w, c]: how often c stands in w's window
for text in texts:
    ids = [number[w] for w in text if w in number]
    for i, w in enumerate(ids):
        for c in ids[max(0, i - WINDOW):i] + ids[i + 1:i + 1 + WINDOW]:
            n[w, c] += 1
chance = np.outer(n.sum(axis=1), n.sum(axis=0)) / n.sum()  # counts if words were independent
seen = n > 0
with np.errstate(divide="ignore"):
    pmi = np.log(n / chance)

def train(k):
    """Minimise the expected loss, −Σ [n·log σ(w·c) + k·chance·log σ(−w·c)]; return all w·c."""
    def loss(flat):
        W, C = flat.reshape(2, WORDS, DIM)
        x = W @ C.T
        value = (n * np.logaddexp(0, -x) + k * chance * np.logaddexp(0, x)).sum()
        p = np.exp(-np.logaddexp(0, -x))
        slope = k * chance * p - n * (1 - p)
        return value, np.r_[(slope @ C).ravel(), (slope.T @ W).ravel()]
    start = np.random.default_rng(SEED).normal(0, 0.3, 2 * WORDS * DIM)
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    W, C = best.reshape(2, WORDS, DIM)
    return W @ C.T

print(f"{int(n.sum()):,} pairs of {WORDS} words; {seen.mean():.0%} of the cells were seen")
fig, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
gaps = []
for k, colour in (1, "tab:blue"), (5, "tab:orange"):
    x = train(k)
    target = pmi[seen] - np.log(k)
    gaps.append(np.average(np.abs(x[seen] - target), weights=n[seen]))
    print(f"k = {k}: mean |w·c − (PMI − log k)| on seen pairs {gaps[-1]:.3f}")
    print(f"       pairs never seen that lie below all seen ones {(x[~seen] < x[seen].min()).mean():.0%}")
    ax.plot(pmi[seen], x[seen], ".", ms=4, color=colour, label=f"k = {k} negatives")
    ax.plot(np.sort(pmi[seen]), np.sort(target), color=colour, lw=1)
ax.set(xlabel="PMI(w, c), counted", ylabel="w · c, learned", title="lines: PMI − log k", ylim=(-6, 6))
ax.legend()
plt.savefig("pmi.png", dpi=150)
assert max(gaps) < 0.1, "the dot products are not the shifted PMI"
assert x[~seen].mean() < x[seen].min(), "pairs that never occur are not pushed apart"
