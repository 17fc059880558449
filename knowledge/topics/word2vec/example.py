"""Skip-gram with negative sampling on a toy language: words that never meet, but share contexts, become neighbours."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit  # the sigmoid

NEGATIVES = 5  # noise words drawn per true pair, 0..10
DIM = 8  # length of a word vector, 4..16
EPOCHS = 6  # passes over the pairs, 4..12
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
roles = {"animal": "cat dog horse cow", "eating": "eats chews tastes wants", "food": "grass bread corn hay",
         "person": "anna ben chloe dan", "moving": "flies drives walks rides", "city": "paris rome tokyo cairo",
         "age": "old young little big"}
patterns = ["the age animal eating some food", "the age person moving to city"]  # one word of each role per sentence
vocab = " ".join(roles.values()).split() + ["the", "some", "to"]
number = {word: i for i, word in enumerate(vocab)}
pairs = []
for i in range(1000):
    text = [number[rng.choice(roles[w].split()) if w in roles else w] for w in patterns[i % 2].split()]
    pairs += [(w, text[j]) for at, w in enumerate(text) for j in range(len(text)) if 0 < abs(j - at) <= 2]
pairs = np.array(pairs)
noise = np.bincount(pairs[:, 1], minlength=len(vocab)) ** 0.75  # flatter than the frequencies

def train(negatives):
    W, C = rng.normal(0, 0.01, (2, len(vocab), DIM))  # word and context vectors
    for _ in range(EPOCHS):
        rng.shuffle(pairs)
        for batch in np.array_split(pairs, len(pairs) // 32):
            context = np.c_[batch[:, 1], rng.choice(len(vocab), (len(batch), negatives), p=noise / noise.sum())]
            true = np.arange(1 + negatives) == 0  # column 0 is the true context, the rest is noise
            w, c = W[batch[:, 0]], C[context]
            slope = expit(np.einsum("bd,bnd->bn", w, c)) - true  # of the loss −log σ(±w·c)
            np.add.at(W, batch[:, 0], -0.05 * np.einsum("bn,bnd->bd", slope, c))
            np.add.at(C, context, -0.05 * slope[..., None] * w[:, None])
    W = W[:28] / np.linalg.norm(W[:28], axis=1, keepdims=True)
    return W @ W.T  # cosines between the 28 content words

role, others = np.arange(28) // 4, ~np.eye(28, dtype=bool)
same = (role[:, None] == role) & others
fig, axes = plt.subplots(1, 2, figsize=(8, 4.3), layout="constrained")
for ax, k in zip(axes, (NEGATIVES, 0)):
    cosine = train(k)
    neighbour = np.where(others, cosine, -2).argmax(axis=1)
    hits, within, across = (role[neighbour] == role).mean(), cosine[same].mean(), cosine[role[:, None] != role].mean()
    print(f"{k} negatives: cosine in a role {within:.2f}, across {across:.2f}")
    image = ax.imshow(cosine, vmin=-1, vmax=1, cmap="RdBu")
    ax.set_title(f"{k} negatives per pair")
    ax.set_xticks(np.arange(7) * 4 + 1.5, roles, rotation=45)
    ax.set_yticks(np.arange(7) * 4 + 1.5, roles)
    if k == NEGATIVES:
        print(f"   nearest word shares the role: {hits:.0%}; cat: {vocab[neighbour[0]]}")
        found, spread = hits, within - across
fig.colorbar(image, ax=axes, label="cosine of two words", shrink=0.8)
plt.savefig("neighbours.png", dpi=150)
assert found >= 0.9, "words of one role are not each other's nearest neighbours"
assert spread > 0.4, "the vectors do not tell the roles apart"
assert cosine[others].mean() > 0.8, "without negatives the vectors did not collapse"
