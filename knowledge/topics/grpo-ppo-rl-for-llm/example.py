"""PPO's clip on a bandit of five answers: it makes many updates on one batch safe; without it the policy jumps. A toy."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

CLIP = 0.2  # ε: the ratio π/π_old gains nothing beyond 1 ± ε, 0.1..0.3
EPOCHS = 20  # updates on the same batch of samples, 10..40
BATCH = 8  # answers sampled a prompt and round, 6..16
SEED = 0  # random seed, 0..9999

PROMPTS, ANSWERS, ROUNDS, RATE = 200, 5, 40, 0.5
worth = np.random.default_rng(SEED).standard_normal((PROMPTS, ANSWERS))  # true reward of each answer

def softmax(s):
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

def train(epochs, clip):
    rng = np.random.default_rng(SEED + 1)
    logits, score, shift = np.zeros((PROMPTS, ANSWERS)), [worth.mean()], []
    for _ in range(ROUNDS):
        old = softmax(logits)
        picks = (rng.random((PROMPTS, BATCH, 1)) > old.cumsum(axis=1)[:, None]).sum(axis=2).clip(max=ANSWERS - 1)
        reward = np.take_along_axis(worth, picks, 1) + rng.standard_normal(picks.shape)  # a noisy verdict
        advantage = reward - reward.mean(axis=1, keepdims=True)
        chosen = np.eye(ANSWERS)[picks]  # prompts, batch, answers
        for _ in range(epochs):
            policy = softmax(logits)
            ratio = np.take_along_axis(policy / old, picks, 1)
            # min(ρA, clip(ρ)A): no gradient where the clipped side is the smaller one
            alive = np.where(advantage > 0, ratio < 1 + clip, ratio > 1 - clip)
            weight = alive * ratio * advantage / BATCH
            logits = logits + RATE * (weight[..., None] * (chosen - policy[:, None])).sum(axis=1)
        policy = softmax(logits)
        score.append((policy * worth).sum(axis=1).mean())
        shift.append((old * np.log((old + 1e-12) / (policy + 1e-12))).sum(axis=1).mean())
    return np.array(score), np.array(shift)

best = worth.max(axis=1).mean()
runs = {f"clip {CLIP:g}, {EPOCHS} epochs": train(EPOCHS, CLIP), f"no clip, {EPOCHS} epochs": train(EPOCHS, np.inf),
        "no clip, 1 epoch": train(1, np.inf)}
print(f"best possible reward: {best:.2f}\n{'':21}      KL of  reward after\n{'':21}    round 1   10   {ROUNDS} rounds")
fig, axes = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained")
for (name, (score, shift)), colour in zip(runs.items(), ("tab:blue", "tab:red", "gray")):
    print(f"{name:21} {shift[0]:10.3f} {score[10]:5.2f} {score[-1]:5.2f}")
    axes[0].plot(score, color=colour, label=name)
    axes[1].plot(shift, color=colour)
axes[0].axhline(best, color="black", lw=0.8, ls=":")
axes[0].set(title="true reward (dotted: the best)", xlabel="rounds done")
axes[1].set(title="KL(old‖new) of a round", xlabel="round", yscale="log", ylim=(1e-4, 10))
axes[0].legend()
plt.savefig("clip.png", dpi=150)

(clipped, small), (free, large), (slow, _) = runs.values()
assert small[0] < 0.2 and large[0] > 5 * small[0], "the clip does not hold a round's step small"
assert clipped[-1] > free[-1] + 0.03, "many epochs without a clip do not settle on lucky answers"
assert clipped[5] > slow[5], "reusing the batch learns no faster than one update"
