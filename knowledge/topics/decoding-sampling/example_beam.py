"""Greedy, beam search and the exact best sequence of random bigram models; and how greedy runs in circles."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

BEAM = 4  # width of the beam to judge, 1..8
LENGTH = 8  # tokens to generate, 3..12
MODELS = 200  # random bigram models, 50..500
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
vocab = 12

def beam_search(logp, width):
    """Return the best score that a beam of the given width finds from token 0, and its tokens."""
    beams = [(0.0, [0])]
    for _ in range(LENGTH):
        longer = [(s + logp[t[-1], v], [*t, v]) for s, t in beams for v in range(vocab)]
        beams = sorted(longer, key=lambda pair: -pair[0])[:width]
    return beams[0]

def best_score(logp):
    """Return the score of the likeliest sequence, exactly (Viterbi: a bigram model needs the last token only)."""
    score = logp[0]
    for _ in range(LENGTH - 1):
        score = (score[:, None] + logp).max(0)
    return score.max()

widths = sorted({1, 2, 4, 8, BEAM})
found, lost, before = {w: 0 for w in widths}, {w: 0.0 for w in widths}, []
for _ in range(MODELS):
    z = 1.5 * rng.standard_normal((vocab, vocab))
    logp = z - np.log(np.exp(z).sum(1, keepdims=True))
    best = best_score(logp)
    for w in widths:
        score, tokens = beam_search(logp, w)
        found[w] += np.isclose(score, best)
        lost[w] += (best - score) / MODELS
    walk = [0]
    while len(set(walk)) == len(walk):  # greedy, until it meets a token again: from there on it repeats
        walk.append(int(logp[walk[-1]].argmax()))
    before.append(len(walk) - 1)

print(f"{MODELS} bigram models, {LENGTH} tokens\nwidth   finds the best   log-probability short of it")
for w in widths:
    print(f"{w:5} {found[w] / MODELS:15.0%} {lost[w]:15.2f}" + ("   (greedy)" if w == 1 else ""))
print(f"greedy runs in circles after {np.mean(before):.1f} tokens (at most {max(before)})")

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
bars = ax.bar([f"greedy ({w})" if w == 1 else f"beam {w}" for w in widths], [found[w] / MODELS for w in widths])
ax.bar_label(bars, fmt="{:.0%}")
ax.set(ylabel="finds the likeliest sequence", ylim=(0, 1.08))
plt.savefig("beam.png", dpi=150)

assert found[BEAM] > found[1] + 0.2 * MODELS, "the beam finds no more than greedy"
assert np.mean(before) < vocab / 2, "greedy uses most of the vocabulary before it repeats"
