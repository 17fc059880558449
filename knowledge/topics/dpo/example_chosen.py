"""DPO asks for a gap only: when chosen and rejected are alike, both get rarer and other answers take the mass. A toy."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

NLL = 1.0  # weight of an added −log π(chosen); 0 is plain DPO, 0.5..3.0
ALIKE = 0.9  # cosine of the features of chosen and rejected, 0.8..0.98
STEPS = 400  # gradient steps, 200..1000
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
tasks, answers, size, beta, rate = 100, 30, 12, 0.1, 0.5
features = rng.standard_normal((tasks, answers, size))  # policy = softmax(features · θ), one θ a task
features *= np.sqrt(size) / np.linalg.norm(features, axis=2, keepdims=True)
noise = features[:, 1] - (features[:, 1] * features[:, 0]).sum(1, keepdims=True) / size * features[:, 0]
noise *= np.sqrt(size) / np.linalg.norm(noise, axis=1, keepdims=True)
features[:, 1] = ALIKE * features[:, 0] + np.sqrt(1 - ALIKE**2) * noise  # 0 is chosen, 1 rejected

def log_policy(theta):
    s = np.einsum("tas,ts->ta", features, theta)
    s = s - s.max(axis=1, keepdims=True)
    return s - np.log(np.exp(s).sum(axis=1, keepdims=True))

def train(nll):
    theta = np.zeros((tasks, size))  # every answer is equally likely at first: the reference
    start, track = log_policy(theta), []
    for _ in range(STEPS):
        logp = log_policy(theta)
        gap = (logp - start)[:, 0] - (logp - start)[:, 1]
        weight = beta / (1 + np.exp(beta * gap))
        mean = np.einsum("ta,tas->ts", np.exp(logp), features)
        step = weight[:, None] * (features[:, 0] - features[:, 1]) + beta * nll * (features[:, 0] - mean)
        theta = theta + rate * step
        track.append(np.exp(logp))
    return np.array(track)  # steps, tasks, answers

plain, mixed = train(0.0), train(NLL)
print(f"over {tasks} tasks:")
fig, axes = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained", sharey=True)
for ax, p, title in zip(axes, (plain, mixed), ("DPO", f"DPO + {NLL:g} · NLL(chosen)")):
    for y, label, colour in zip((p[..., 0], p[..., 1], p[..., 2:].sum(-1)), ("chosen", "rejected", "all 28 others"),
                                ("tab:blue", "tab:red", "gray")):
        ax.plot(y.mean(axis=1), color=colour, label=label)
    ax.set(title=title, xlabel="step")
    ranked = (p[-1, :, 0] > p[-1, :, 1]).mean()
    fell = (p[-1, :, 0] < p[0, :, 0]).mean()
    print(f"{title:21}  ranked right {ranked:4.0%}  chosen rarer {fell:4.0%}")
axes[0].set(yscale="log", ylim=(1e-4, 1.5), ylabel="probability, mean of the tasks")
axes[1].legend()
plt.savefig("chosen.png", dpi=150)

assert (plain[-1, :, 0] > plain[-1, :, 1]).all(), "DPO does not even rank the pairs"
assert (plain[-1, :, 0] < plain[0, :, 0]).mean() > 0.8, "the chosen answers did not get rarer"
assert (mixed[-1, :, 0] < mixed[0, :, 0]).mean() < 0.05, "the NLL term does not keep the chosen answers up"
