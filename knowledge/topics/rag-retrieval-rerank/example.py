"""Hybrid search: BM25 finds rare codes, LSA vectors find meaning, rank fusion (RRF) serves both (toy corpus)."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

CODES = 0.5  # share of the questions that quote a document's code, 0..1
DIMENSIONS = 30  # size of the LSA vectors, 10..100
RRF = 60  # constant of reciprocal rank fusion, 1..200
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
SUBJECTS, EACH, SYNONYMS, QUESTIONS, TOP = 30, 16, 32, 400, 8
docs = SUBJECTS * EACH
first_common, first_code = SUBJECTS * SYNONYMS, SUBJECTS * SYNONYMS + 300  # words of subjects, common ones, codes

# A document uses 4 of its subject's 32 words, common words, and its own code (think E1042) once.
subject = np.repeat(np.arange(SUBJECTS), EACH)
counts = np.zeros((2 * docs, first_code + docs))
for row, s in zip(counts, np.tile(subject, 2)):
    words = s * SYNONYMS + rng.choice(SYNONYMS, 4, replace=False)
    np.add.at(row, np.concatenate([words, words, first_common + rng.integers(300, size=20)]), 1)
counts, other = np.split(counts, 2)  # the vectors are learned from other documents, which have other codes
counts[np.arange(docs), first_code + np.arange(docs)] = 1
# A question names two words of a subject (all its documents are right), or a code and one such word (one is right).
is_code, target = np.arange(QUESTIONS) < CODES * QUESTIONS, rng.integers(docs, size=QUESTIONS)
asked, right = np.zeros((QUESTIONS, first_code + docs)), np.zeros((QUESTIONS, docs), dtype=bool)
for n, d in enumerate(target):
    if is_code[n]:
        asked[n, [first_code + d, subject[d] * SYNONYMS + rng.integers(SYNONYMS)]], right[n, d] = 1, True
    else:
        asked[n, subject[d] * SYNONYMS + rng.choice(SYNONYMS, 2, replace=False)] = 1
        right[n] = subject == subject[d]
n_with, length = (counts > 0).sum(axis=0), counts.sum(axis=1, keepdims=True)
idf = np.log(1 + (docs - n_with + 0.5) / (n_with + 0.5))
bm25 = asked @ (idf * counts * 2.5 / (counts + 1.5 * (0.25 + 0.75 * length / length.mean()))).T
axes = np.linalg.svd(np.log1p(other) * idf, full_matrices=False)[2][:DIMENSIONS].T  # LSA
D, Q = np.log1p(counts) * idf @ axes, asked * idf @ axes
dense = (Q / (np.linalg.norm(Q, axis=1, keepdims=True) + 1e-12)) @ (D / np.linalg.norm(D, axis=1, keepdims=True)).T

def ranks(scores):  # 1 is best; what has no score is not in the list
    return np.where(scores > 0, np.argsort(np.argsort(-scores, axis=1), axis=1) + 1, np.inf)

results = {"BM25": ranks(bm25), "LSA vectors": ranks(dense)}
results["RRF of both"] = ranks(sum(1 / (RRF + r) for r in results.values()))
found = [(right & (r <= TOP)).sum(axis=1) / np.minimum(right.sum(axis=1), TOP) for r in results.values()]
groups = [~is_code, is_code, is_code | True]
table = np.array([[f[g].mean() if g.any() else np.nan for g in groups] for f in found])
print(f"right among the {TOP} best:  meaning   codes     all")
for name, row in zip(results, table):
    print(f"{name:24}" + "".join(f"{value:8.2f}" for value in row))

plt.figure(figsize=(7, 4), layout="constrained")
for n, (name, row) in enumerate(zip(results, table)):
    plt.bar_label(plt.bar(np.arange(3) + 0.27 * (n - 1), row, 0.25, label=name), fmt="%.2f", fontsize=9)
plt.xticks(range(3), ["questions by meaning", "questions with a code", "all questions"])
plt.gca().set(ylabel=f"share of the right ones in the top {TOP}", yticks=np.linspace(0, 1, 6), ylim=(0, 1.2))
plt.legend(ncols=3, loc="upper center")
plt.savefig("hybrid.png", dpi=150)
assert table[2, 2] > table[:2, 2].max() + 0.1, "the hybrid is not clearly better than each alone"
