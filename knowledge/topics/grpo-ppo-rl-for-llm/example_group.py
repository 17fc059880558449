"""GRPO's baseline is the group's mean: a group that is all right or all wrong has advantage 0 and teaches nothing."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

GROUP = 8  # answers sampled a prompt, 4..16
STEPS = 60  # GRPO updates a prompt, 40..120
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
start = np.array([0.0002, 0.01, 0.05, 0.2, 0.5, 0.8])  # chance of a right answer before training
copies = 2000  # prompts of each difficulty, to average over

def advantages(reward):
    centred = reward - reward.mean(axis=-1, keepdims=True)
    return centred / (reward.std(axis=-1, keepdims=True) + 1e-4)  # zero variance gives 0 / 1e-4 = 0

theta = np.repeat(np.log(start / (1 - start))[:, None], copies, axis=1)  # policy: right with σ(θ), one θ a prompt
live, solved = [], [start]
for _ in range(STEPS):
    p = 1 / (1 + np.exp(-theta))
    reward = (rng.random((*p.shape, GROUP)) < p[..., None]).astype(float)  # the checker says 0 or 1
    A = advantages(reward)
    live.append((A != 0).any(axis=-1).mean(axis=1))
    theta = theta + 0.5 * (A * (reward - p[..., None])).mean(axis=-1)  # A · ∇log π of each answer
    solved.append((1 / (1 + np.exp(-theta))).mean(axis=1))
solved = np.array(solved)

formula = 1 - start**GROUP - (1 - start) ** GROUP
print(f"group of {GROUP}   groups with a signal   chance of a right answer\n  at first   measured  formula      after {STEPS} steps")
for p, seen, f, end in zip(start, live[0], formula, solved[-1]):
    print(f"{p:10} {seen:10.3f} {f:8.3f} {end:18.3f}")

fig, axes = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained")
p = np.linspace(0.001, 0.999, 300)
for size, style in ((4, ":"), (GROUP, "-"), (64, "--")):
    axes[0].plot(p, 1 - p**size - (1 - p) ** size, style, color="tab:blue", label=f"group of {size}")
axes[0].plot(start, live[0], "o", color="tab:orange", label="measured")
axes[0].set(title="share of groups with a signal", xlabel="chance of a right answer")
axes[0].legend()
for k, p0 in enumerate(start):
    axes[1].plot(solved[:, k], color=plt.cm.viridis(k / 6), label=f"starts at {p0:g}")
axes[1].set(title="chance of a right answer", xlabel="GRPO step", ylim=(-0.02, 1.02))
axes[1].legend(fontsize=8)
plt.savefig("group.png", dpi=150)

assert np.abs(live[0] - formula).max() < 0.04, "the share of live groups is not 1 − pᴳ − (1 − p)ᴳ"
assert solved[-1, 4] > 0.9, "prompts of middling difficulty do not get learnt"
assert solved[-1, 0] < 0.05, "prompts that are never solved move all the same"
