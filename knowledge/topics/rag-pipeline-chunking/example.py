"""Chunk size at an equal context budget: small chunks cut the evidence, large ones bury it (a toy without an LLM)."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

EVIDENCE = 32  # words of the passage that proves an answer, 2..64
BUDGET = 512  # words that fit into the prompt: larger chunks mean fewer of them, 256..1024
SHARED = 0.7  # share of the words that are common to all documents, 0.3..0.9
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
DOCS, LENGTH, QUESTIONS, VOCABULARY = 40, 1024, 200, 4000
sizes = [16, 32, 64, 128, 256, 512]

# A toy corpus of word numbers: each document mixes words of its own subject with common, Zipf-like ones.
common = np.minimum(rng.zipf(1.3, (DOCS, LENGTH)), 999)
subject = np.array([rng.choice(np.arange(1000, VOCABULARY), 50, replace=False) for _ in range(DOCS)])
own = np.take_along_axis(subject, rng.integers(50, size=(DOCS, LENGTH)), axis=1)
text = np.where(rng.random((DOCS, LENGTH)) < SHARED, common, own).ravel()

# The evidence lies anywhere; the question repeats a fifth of its words (at least two).
starts = rng.integers(LENGTH - EVIDENCE, size=QUESTIONS) + LENGTH * rng.integers(DOCS, size=QUESTIONS)
spans = [text[s:s + EVIDENCE] for s in starts]
asked = [rng.choice(span, max(2, EVIDENCE // 5), replace=False) for span in spans]

def vectors(pieces, idf=None):
    """Return unit TF-IDF vectors (sublinear counts) and the idf."""
    counts = np.zeros((len(pieces), VOCABULARY), dtype=np.float32)
    np.add.at(counts, (np.repeat(np.arange(len(pieces)), len(pieces[0])), np.concatenate(pieces)), 1)
    idf = np.log((1 + len(pieces)) / (1 + (counts > 0).sum(axis=0))) + 1 if idf is None else idf
    weights = np.log1p(counts) * idf
    return weights / np.linalg.norm(weights, axis=1, keepdims=True), idf

def measure(size):
    """Return how often some of the evidence is retrieved, and how often all of it."""
    matrix, idf = vectors(list(text.reshape(-1, size)))
    scores = vectors(asked, idf)[0] @ matrix.T
    kept = np.argsort(-scores, axis=1)[:, :BUDGET // size]
    first, last = starts // size, (starts + EVIDENCE - 1) // size
    touched = ((kept >= first[:, None]) & (kept <= last[:, None])).sum(axis=1)
    return (touched > 0).mean(), (touched == last - first + 1).mean()

table = np.array([measure(size) for size in sizes])
print(f"{QUESTIONS} questions, {BUDGET} words of context each")
print("chunk  chunks  place found  evidence whole")
for size, (found, whole) in zip(sizes, table):
    print(f"{size:5} {BUDGET // size:7} {found:12.2f} {whole:15.2f}")

plt.figure(figsize=(7, 4), layout="constrained")
plt.semilogx(sizes, table[:, 0], "s--", color="tab:gray", label="some of the evidence retrieved")
plt.semilogx(sizes, table[:, 1], "o-", color="tab:blue", label="all of the evidence retrieved")
plt.xticks(sizes, sizes)
plt.minorticks_off()
plt.gca().set(xlabel="words a chunk (same total in the prompt)", ylabel="share of questions", ylim=(0, 1.03))
plt.legend(loc="lower left")
plt.savefig("chunk_size.png", dpi=150)

assert table[:, 1].max() > table[0, 1] + 0.05, "the smallest chunks do not lose"
assert table[:, 1].max() > table[-1, 1] + 0.05, "the largest chunks do not lose"
