"""A Unigram tokenizer: piece probabilities by EM, the best split by Viterbi, and the price of a small vocabulary."""
import matplotlib
matplotlib.use("Agg")
from collections import Counter
from math import log, prod
import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris

VITERBI = True  # False: always take the longest piece that fits, as a greedy tokenizer does
PIECES = 200  # size of the final vocabulary, 100..400
LONGEST = 8  # letters of the longest piece, 4..10

text = " ".join(load().DESCR.lower() for load in (load_breast_cancer, load_diabetes, load_iris))
words = Counter("".join(c if c.isalpha() else " " for c in text).split())
spans = {w: [(i, j) for j in range(1, len(w) + 1) for i in range(max(0, j - LONGEST), j)] for w in words}

def em_step(p):  # returns new probabilities, and the log-likelihood of the old ones, all splits summed
    expected, likelihood = Counter(), 0.0
    for w, n in words.items():
        a, b = [1.0] + [0.0] * len(w), [0.0] * len(w) + [1.0]  # forward, backward
        for i, j in spans[w]:
            a[j] += a[i] * p.get(w[i:j], 0)
        for i, j in sorted(spans[w], reverse=True):
            b[i] += p.get(w[i:j], 0) * b[j]
            expected[w[i:j]] += n * a[i] * p.get(w[i:j], 0) * b[j] / a[-1]
        likelihood += n * log(a[-1])
    return {s: c / expected.total() for s, c in expected.items() if c > 1e-6 or len(s) == 1}, likelihood

def greedy(w, p):
    size = max(size for size in range(1, LONGEST + 1) if w[:size] in p)
    return [w[:size]] + (greedy(w[size:], p) if w[size:] else [])

def viterbi(w, p):  # best[j] is the most probable split of the first j letters
    best = [(1.0, [])] + [(0.0, [])] * len(w)
    for i, j in spans[w]:
        best[j] = max(best[j], (best[i][0] * p.get(w[i:j], 0), [*best[i][1], w[i:j]]))
    return best[-1][1]

p = Counter(w[i:j] for w in words.elements() for i, j in spans[w])
keep, curve = [s for s in p if p[s] > 2 or len(s) == 1], []
while keep:
    total = sum(p[s] for s in keep)
    p, before = em_step({s: p[s] / total for s in keep})
    p, after = em_step(p)
    assert after >= before, "an EM step lowered the likelihood"
    split = {w: (viterbi if VITERBI else greedy)(w, p) for w in words}
    curve.append((len(p), sum(n * len(split[w]) for w, n in words.items()) / words.total()))
    order = sorted(p, key=lambda s: (len(s) == 1, p[s]), reverse=True)  # by probability, simpler than by loss; letters stay
    keep = order[:max(PIECES, int(0.8 * len(p)))] if len(p) > PIECES else []
gain = {w: log(prod(map(p.get, split[w])) / prod(map(p.get, greedy(w, p)))) for w in words}
better = sorted(gain, key=gain.get)[-3:]
print(*(f"{size} pieces: {tokens:.2f} tokens per word" for size, tokens in (curve[0], curve[-1])), sep="\n")
for w in better:
    print(f"{'-'.join(greedy(w, p))} → {'-'.join(split[w])}  ({gain[w]:+.1f} nats)")
fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.plot(*zip(*curve), "o-")
ax.set(xlabel="pieces in the vocabulary", ylabel="tokens per word")
plt.savefig("pieces.png", dpi=150)
assert min(gain.values()) > -1e-9 and gain[better[0]] > 0.5, "the split is not the most probable one"
assert curve[-1][1] > curve[0][1], "fewer pieces did not make longer sequences"
