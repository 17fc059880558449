"""Three attention masks, encoder, prefix LM and causal LM: exchange one token and see whose output moves."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

PREFIX = 4  # tokens of the prompt, which a prefix LM reads in both directions, 1..7
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
n, d = 8, 16
x = rng.standard_normal((n, d))
wq, wk, wv = rng.standard_normal((3, d, d)) / d**0.5

causal = np.tri(n, dtype=bool)
prefix = causal | (np.arange(n) < PREFIX)  # the prompt is visible to all, also to its own earlier tokens
masks = {"encoder": np.ones((n, n), bool), "prefix LM": prefix, "causal LM": causal}

def attend(x, mask):
    s = np.where(mask, (x @ wq) @ (x @ wk).T / d**0.5, -np.inf)
    a = np.exp(s - s.max(axis=1, keepdims=True))
    return a / a.sum(axis=1, keepdims=True) @ (x @ wv)

def moved(mask, token):
    """Return the positions whose output changes when a token is exchanged."""
    other = x.copy()
    other[token] = rng.standard_normal(d)
    return np.flatnonzero(np.abs(attend(x, mask) - attend(other, mask)).max(axis=1) > 1e-12).tolist()

prompt_end, answer = PREFIX - 1, PREFIX
print(f"{n} tokens, the first {PREFIX} are the prompt")
print(f"           outputs that change with token {prompt_end} / {answer}")
found = {}
for name, mask in masks.items():
    found[name] = moved(mask, prompt_end), moved(mask, answer)
    print(f"{name:9} ", " / ".join("".join(map(str, places)) for places in found[name]))

fig, axes = plt.subplots(1, 3, figsize=(8, 3.1), layout="constrained")
for ax, (name, mask) in zip(axes, masks.items()):
    ax.imshow(mask, cmap="Blues", vmin=0, vmax=1.4)
    ax.set(title=name, xlabel="token looked at")
    ax.axvline(PREFIX - 0.5, color="tab:red", lw=1)
axes[0].set_ylabel("token that looks")
plt.savefig("masks.png", dpi=150)

everyone = list(range(n))
assert found["encoder"] == (everyone, everyone), "an encoder's token does not see the whole line"
assert found["causal LM"] == (everyone[prompt_end:], everyone[answer:]), "an earlier output changed: the future leaks"
assert found["prefix LM"][1] == everyone[answer:], "the answer leaks into what comes before it"
assert found["prefix LM"][0] != found["causal LM"][0], "the prompt is read in one direction, as in a causal LM"
