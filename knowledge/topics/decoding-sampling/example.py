"""One vector of logits, sampled: what temperature, top-k and top-p do to a peaked and to a flat distribution."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

TOP_K = 5  # tokens that top-k keeps, 1..40
TOP_P = 0.9  # probability mass that top-p keeps, 0.1..1
HEAT = 2.0  # the high temperature to compare with 0.5 and 1, 1.1..5
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
vocab = 40
noise = np.sort(rng.standard_normal(vocab))[::-1]  # token 0 is the likeliest
contexts = {"sure": 5 * noise, "unsure": 0.6 * noise}

def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()

def top_p(p, mass):
    """Keep the fewest tokens, likeliest first, whose probabilities reach the mass."""
    order = np.argsort(-p)
    before = np.cumsum(p[order]) - p[order]  # mass in front of each token: the one that crosses stays
    kept = np.zeros_like(p)
    best = order[before < mass]
    kept[best] = p[best]
    return kept / kept.sum()

def entropy(p):
    return -(p[p > 0] * np.log(p[p > 0])).sum()

print("context    T  entropy  p(best)  top-p keeps  top-k mass")
kept, entropies, share = {}, {}, {}
for name, logits in contexts.items():
    for T in (0.5, 1.0, HEAT):
        p = softmax(logits / T)
        kept[name, T], entropies[name, T] = (top_p(p, TOP_P) > 0).sum(), entropy(p)
        share[name, T] = p[:TOP_K].sum()  # the logits are sorted
        print(f"{name:8} {T:3} {entropies[name, T]:8.2f} {p[0]:8.2f} {kept[name, T]:12} {share[name, T]:11.2f}")

fig, axes = plt.subplots(1, 2, figsize=(7, 3.8), layout="constrained")
for ax, (name, logits) in zip(axes, contexts.items(), strict=True):
    p, n = softmax(logits), kept[name, 1.0]
    ax.bar(np.arange(vocab), p, color=["C0" if i < n else "lightgray" for i in range(vocab)])
    ax.axvline(TOP_K - 0.5, color="C3", ls="--", label=f"top-k cuts at {TOP_K}")
    ax.set(title=f"{name}: top-p {TOP_P} keeps {n} (blue)", xlabel="token, likeliest first", ylabel="probability")
    ax.legend(loc="upper right")
plt.savefig("sampling.png", dpi=150)

for name in contexts:
    assert entropies[name, 0.5] < entropies[name, 1.0] < entropies[name, HEAT], "heat does not flatten"
assert 2 * kept["sure", 1.0] < kept["unsure", 1.0] < vocab, "top-p does not follow the model's certainty"
assert share["sure", 1.0] > share["unsure", 1.0] + 0.3, "top-k cuts off the same mass in both"
