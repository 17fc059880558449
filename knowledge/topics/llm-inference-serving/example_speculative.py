"""Speculative sampling at toy size: the draft's tokens are tested so that the output follows the target model."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

DRAFTED = 4  # tokens proposed before each pass of the target, 1..8
DRAFT_COST = 0.1  # time of a draft token; a pass of the target takes 1, 0.01..1
MISMATCH = 0.6  # how far the draft's logits are from the target's, 0..2
ACCEPT_ALL = False  # True: proposals are kept without the test
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
vocabulary, passes = 8, 40_000
logits = rng.normal(0, 1.5, vocabulary)  # the toy: the same next-token distribution in every context
p = np.exp(logits) / np.exp(logits).sum()  # target
other = logits + MISMATCH * rng.standard_normal(vocabulary)
q = np.exp(other) / np.exp(other).sum()  # draft
alpha = np.minimum(p, q).sum()  # chance that a proposal is accepted

def speculate(drafted):
    """All passes at once; gives the tokens that were put out."""
    draft = rng.choice(vocabulary, (passes, drafted), p=q)
    accepted = rng.random(draft.shape) < p[draft] / q[draft]
    if ACCEPT_ALL:
        accepted[:] = True
    kept = np.logical_and.accumulate(accepted, axis=1)  # up to the first rejection
    rejected = ~kept[:, -1]
    rest = np.maximum(p - q, 0)
    corrected = rng.choice(vocabulary, rejected.sum(), p=rest / rest.sum() if rest.any() else p)
    bonus = rng.choice(vocabulary, (~rejected).sum(), p=p)
    return np.concatenate([draft[kept], corrected, bonus])

tokens = speculate(DRAFTED)
share = np.bincount(tokens, minlength=vocabulary) / len(tokens)
away = np.abs(share - p).sum() / 2
per_pass = len(tokens) / passes
expected = (1 - alpha ** (DRAFTED + 1)) / (1 - alpha) if alpha < 1 else DRAFTED + 1
print(f"acceptance {alpha:.2f}, distance of draft and target {1 - alpha:.2f}")
print(f"distance of output and target: {away:.3f}")
print(f"tokens a pass: {per_pass:.2f}, formula {expected:.2f}")
print(f"speed-up: {per_pass / (1 + DRAFTED * DRAFT_COST):.2f}")

fig, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3.6), layout="constrained")
x = np.arange(vocabulary)
for i, (values, name) in enumerate(((p, "target"), (share, "output"), (q, "draft"))):
    left.bar(x + 0.28 * (i - 1), values, 0.28, label=name)
left.set(xlabel="token", ylabel="probability")
left.legend()
k = np.arange(1, 13)
for a in (0.9, 0.7, 0.4):
    right.plot(k, (1 - a ** (k + 1)) / (1 - a) / (1 + k * DRAFT_COST), "o-", label=f"acceptance {a}")
right.axhline(1, color="gray", ls="--")
right.set(xlabel="drafted tokens", ylabel="speed-up", title=f"draft cost {DRAFT_COST}", ylim=(0, 4.9))
right.legend(loc="upper left")
plt.savefig("speculative.png", dpi=150)
assert abs(per_pass / expected - 1) < 0.02, "the number of tokens a pass contradicts the formula"
assert away < 0.02, "the output does not follow the target model"
