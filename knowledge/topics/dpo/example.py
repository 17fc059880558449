"""DPO on five answers: from pairs alone, without a reward model, it finds the optimum of KL-regularised RLHF. A toy."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

USE_REFERENCE = True  # False: the loss looks at plain log-probabilities
PAIRS = 6000  # labelled pairs of answers, 3000..50000
BETA = 0.3  # price of leaving the reference in the left panel; the right one has 2, 0.3..1.0
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
reward = np.array([0.0, 0.5, 1.0, 1.5, 2.0])  # hidden: only used to label the pairs
reference = np.array([0.40, 0.30, 0.15, 0.10, 0.05])  # the SFT model likes the worst answer most

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def softmax(s):
    e = np.exp(s - s.max())
    return e / e.sum()

i, j = rng.integers(0, 5, PAIRS), rng.integers(0, 5, PAIRS)
first = rng.random(PAIRS) < sigmoid(reward[i] - reward[j])  # Bradley–Terry labels, noisy like people's
wins = np.zeros((5, 5))  # wins[w, l]: how often w was chosen over l
np.add.at(wins, (np.where(first, i, j), np.where(first, j, i)), 1 / PAIRS)

def dpo(beta):
    logits = np.log(reference)  # start at the reference
    for _ in range(4000):
        logp = np.log(softmax(logits))
        r = beta * (logp - np.log(reference) if USE_REFERENCE else logp)  # implicit reward
        pull = wins * beta * sigmoid(r - r[:, None])  # [w, l]: weight of a pair, large if ranked wrongly
        logits = logits + (pull.sum(axis=1) - pull.sum(axis=0)) * 4 / beta**2
    return softmax(logits)

def kl(p):
    return (p * np.log(p / reference)).sum()

fig, axes = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained", sharey=True)
apart, far = [], []
for ax, beta in zip(axes, (BETA, 2.0)):
    best = softmax(np.log(reference) + reward / beta)  # RLHF's closed form, needs the true reward
    policy = dpo(beta)
    apart.append(np.abs(policy - best).sum() / 2)
    far.append(kl(policy))
    for k, (p, label) in enumerate(((reference, "reference"), (best, "RLHF optimum"), (policy, "DPO"))):
        ax.bar(np.arange(5) + 0.27 * (k - 1), p, 0.25, label=label, color=("silver", "tab:blue", "tab:orange")[k])
    ax.set(title=f"β = {beta:g}: KL to the reference {far[-1]:.2f}", xlabel="true reward of the answer")
    ax.set_xticks(range(5), reward)
    print(f"β = {beta:g}\n  optimum {np.round(best, 2)}\n  DPO     {np.round(policy, 2)}   KL {far[-1]:.2f}")
axes[0].set_ylabel("probability")
axes[0].legend()
plt.savefig("dpo.png", dpi=150)

assert max(apart) < 0.06, "DPO does not end at the optimum of RLHF"
assert far[0] > 3 * far[1], "a small β does not go further from the reference"
