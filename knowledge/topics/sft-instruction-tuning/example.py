"""Fine-tuning on a new task alone wipes out the old one; a little old data mixed in keeps it. A toy: 2,000 weights."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

REPLAY = 0.2  # share of old examples in each batch, 0..0.5
STEPS = 400  # fine-tuning steps, 100..2000
RATE = 0.5  # learning rate of fine-tuning, 0.01..1
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
words, hidden, batch = 20, 48, 40
answers = {"old": rng.permutation(words), "new": rng.permutation(words)}  # task: word -> answer
weights = [rng.standard_normal((words + 2, hidden)), rng.standard_normal((hidden, words)) * 0.1, np.zeros(words)]

def inputs(task, x):
    """Return one row per question: the word, and the instruction (which task) as two more columns."""
    return np.hstack([np.eye(words)[x], np.tile([task == "old", task == "new"], (len(x), 1))])

def accuracy(w, task):
    out = np.tanh(inputs(task, np.arange(words)) @ w[0]) @ w[1] + w[2]
    return (out.argmax(1) == answers[task]).mean()

def train(w, rate, steps, share_old):
    """Return the weights after SGD, and both accuracies before each tenth step."""
    w, history = [a.copy() for a in w], []
    for step in range(steps + 1):
        if step % 10 == 0:
            history.append((accuracy(w, "old"), accuracy(w, "new")))
        x, old = rng.integers(words, size=batch), round(share_old * batch)
        rows = np.vstack([inputs("old", x[:old]), inputs("new", x[old:])])
        target = np.concatenate([answers["old"][x[:old]], answers["new"][x[old:]]])
        h = np.tanh(rows @ w[0])
        out = h @ w[1] + w[2]
        p = np.exp(out) / np.exp(out).sum(1, keepdims=True)
        p[np.arange(batch), target] -= 1  # gradient of the cross-entropy
        back = (p @ w[1].T) * (1 - h**2)
        for a, g in zip(w, (rows.T @ back, h.T @ p, p.sum(0)), strict=True):
            a -= rate * g / batch
    return w, np.array(history)

base, ends = train(weights, 0.5, 1500, 1.0)[0], {}
print(f"base: old task {accuracy(base, 'old'):.2f}, new task {accuracy(base, 'new'):.2f}")
fig, axes = plt.subplots(1, 2, figsize=(7, 3.6), sharey=True, layout="constrained")
for ax, share in zip(axes, (0.0, REPLAY), strict=True):
    history = train(base, RATE, STEPS, share)[1]
    ends[ax] = history[-1]
    print(f"fine-tuned, {share:.0%} old data: old {history[-1, 0]:.2f}, new {history[-1, 1]:.2f}")
    ax.plot(np.arange(len(history)) * 10, history[:, 0], lw=5, alpha=0.5, label="old task")
    ax.plot(np.arange(len(history)) * 10, history[:, 1], label="new task")
    ax.set(title=f"{share:.0%} old examples in a batch", xlabel="fine-tuning step", ylabel="accuracy")
axes[0].legend()
plt.savefig("forgetting.png", dpi=150)

alone, mixed = (ends[ax] for ax in axes)
assert accuracy(base, "old") == 1, "the base has not learned the old task"
assert alone[1] > 0.9 and mixed[1] > 0.9, "the new task is not learned"
assert alone[0] < 0.7, "without old data the old task is kept, too"
assert mixed[0] > alone[0] + 0.25, "old data in the mix does not help"
