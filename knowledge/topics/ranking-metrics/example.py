"""MRR and NDCG disagree on two rankings; each metric by hand agrees with scikit-learn where it has it."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import average_precision_score, ndcg_score

B_FIRST = 2  # place of the first relevant result of ranking B, 1..6
A_OTHERS = 7  # place of A's second relevant result; its first is on top, 2..7
SEED = 0  # random seed of the comparison with scikit-learn, 0..9999

def dcg(gains):
    return (gains / np.log2(np.arange(2, len(gains) + 2))).sum()  # place 1 is divided by log2(2)

def ndcg(gains):
    return dcg(gains) / dcg(np.sort(gains)[::-1])

def reciprocal_rank(gains):
    return 1 / (np.flatnonzero(gains)[0] + 1)

def average_precision(gains):
    relevant = gains > 0
    precision = relevant.cumsum() / np.arange(1, len(gains) + 1)
    return precision[relevant].mean()

def recall(gains, k):
    return (gains[:k] > 0).sum() / (gains > 0).sum()

rng = np.random.default_rng(SEED)
for _ in range(200):  # random gains 0..3 in random order, compared with scikit-learn
    gains = rng.integers(0, 4, 12)
    if gains.any():
        scores = -np.arange(12.0)  # the order as scores without ties
        assert abs(ndcg(gains) - ndcg_score([gains], [scores])) < 1e-6
        assert abs(average_precision(gains) - average_precision_score(gains > 0, scores)) < 1e-6

a, b = np.zeros(10), np.zeros(10)
a[0], a[A_OTHERS - 1 : A_OTHERS + 3] = 1, 3  # on top a result that is only fair; the best ones far below
b[B_FIRST - 1 : B_FIRST + 3], b[B_FIRST + 3] = 3, 1
print("A", a.astype(int).tolist())
print("B", b.astype(int).tolist())
names = ["MRR", "NDCG@10", "AP", "recall@5"]
table = np.array([[reciprocal_rank(x), ndcg(x), average_precision(x), recall(x, 5)] for x in (a, b)])
print("    " + "".join(f"{name:>10}" for name in names))
for letter, row in zip("AB", table):
    print(letter, "  " + "".join(f"{value:10.3f}" for value in row))

at = np.arange(4)
plt.bar(at - 0.2, table[0], 0.4, label="A: one fair result on top")
plt.bar(at + 0.2, table[1], 0.4, label=f"B: all good results from place {B_FIRST}")
plt.xticks(at, names)
plt.legend()
plt.savefig("flip.png", dpi=150)
assert table[1, 1] > table[0, 1], "NDCG prefers A"
assert table[0, 0] > table[1, 0], "MRR does not prefer A: there is no flip"
