"""Retrieve, then rerank: pooled vectors choose candidates, token-wise MaxSim orders them (a toy, random tokens)."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

CANDIDATES = 50  # passages that the first stage hands to the reranker, 1..500
TOKENS = 20  # tokens of a passage, 10..40
NOISE = 1.2  # how far a question's words are from the passage's, 0..2
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
PASSAGES, QUESTIONS, ASKED, DIM = 500, 300, 8, 16

def unit(v):
    return v / np.linalg.norm(v, axis=-1, keepdims=True)

# A question's eight token vectors are noisy copies of eight tokens of the passage that answers it.
passages = unit(rng.standard_normal((PASSAGES, TOKENS, DIM)))
answer = rng.integers(PASSAGES, size=QUESTIONS)
picked = np.array([rng.choice(TOKENS, ASKED, replace=False) for _ in range(QUESTIONS)])
copies = passages[answer[:, None], picked]
questions = unit(copies + NOISE * unit(rng.standard_normal(copies.shape)))

# First stage, a bi-encoder's: one vector a text, computed in advance, one dot product a pair.
pooled = unit(questions.mean(axis=1)) @ unit(passages.mean(axis=1)).T
order = np.argsort(-pooled, axis=1)
place = (order == answer[:, None]).argmax(axis=1)  # where the right passage stands, 0 is best

# Second stage: each question token takes its best passage token (as ColBERT does), the sum is the score.
late = np.array([(q @ passages.reshape(-1, DIM).T).reshape(ASKED, PASSAGES, TOKENS).max(axis=2).sum(axis=0)
                 for q in questions])

def top_one(n):
    """Return how often the right passage is first after reranking the n best."""
    kept = order[:, :n]
    best = np.take_along_axis(late, kept, axis=1).argmax(axis=1)
    return (kept[np.arange(QUESTIONS), best] == answer).mean()

sizes = sorted({1, 5, 10, 20, 50, 100, 200, PASSAGES, CANDIDATES})
bound = np.array([(place < n).mean() for n in sizes])
reached = np.array([top_one(n) for n in sizes])
print("candidates  right one among them  right one first")
for n, b, r in zip(sizes, bound, reached):
    print(f"{n:10} {b:21.2f} {r:16.2f}")

plt.figure(figsize=(7, 4), layout="constrained")
plt.semilogx(sizes, bound, "s--", color="tab:gray", label="recall of the candidates: the bound")
plt.semilogx(sizes, reached, "o-", color="tab:blue", label="right passage first after reranking")
plt.axhline((place == 0).mean(), color="tab:red", linestyle=":", label="right passage first without reranking")
plt.xticks(sizes, sizes)
plt.minorticks_off()
plt.gca().set(xlabel="candidates reranked", ylabel="share of the questions", ylim=(0, 1.03))
plt.legend(loc="upper left")
plt.savefig("rerank.png", dpi=150)

plain, chosen = (place == 0).mean(), top_one(CANDIDATES)
assert chosen > plain + 0.2, "reranking does not help"
assert np.all(reached <= bound), "reranking found what was not retrieved"
assert top_one(PASSAGES) >= chosen - 0.02, "fewer candidates are better than all"
