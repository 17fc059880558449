"""LoRA: freeze W, learn a low-rank B·A beside it. How much of the needed change does each rank reach?"""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

NEEDED = 4  # rank of the change that the new task needs, 1..16
STEPS = 300  # steps of gradient descent, 50..2000
RATE = 0.2  # learning rate, 0.01..0.3
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
d, n = 32, 256
X = rng.standard_normal((n, d))
W = rng.standard_normal((d, d)) / np.sqrt(d)  # pre-trained and frozen
change = rng.standard_normal((d, NEEDED)) @ rng.standard_normal((NEEDED, d)) / np.sqrt(d * NEEDED)
Y = X @ (W + change).T  # what the new task wants

def loss_of(delta):
    return ((X @ (W + delta).T - Y) ** 2).mean()

def train(r):
    """Return the loss after each step, for adapters of rank r; W is never touched."""
    A = rng.standard_normal((r, d)) / np.sqrt(d)
    B = np.zeros((d, r))  # so B·A = 0: training starts at the pre-trained model
    losses = [loss_of(B @ A)]
    for _ in range(STEPS):
        error = (X @ (W + B @ A).T - Y) / n
        G = error.T @ X  # gradient for W, of which each factor gets a part
        A, B = A - RATE * B.T @ G, B - RATE * G @ A.T
        losses.append(loss_of(B @ A))
    return losses

ranks = [1, 2, 4, 8, 16]
curves = {r: train(r) for r in ranks}
values = np.linalg.svd(X @ change.T, compute_uv=False)  # reduced-rank regression
print(f"a change of rank {NEEDED}; full tuning trains {d * d} numbers")
print("rank   trained   start    end   best possible*")
for r, losses in curves.items():
    print(f"{r:4} {2 * r * d:9} {losses[0]:7.3f} {losses[-1]:7.3f} {(values[r:] ** 2).sum() / (n * d):9.3f}")
print("* what a matrix of that rank misses of the change")

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for r, losses in curves.items():
    ax.plot(losses, label=f"rank {r}: {2 * r * d} numbers")
ax.set(xlabel="step", ylabel="loss on the new task", yscale="log", ylim=(1e-4, 3))
ax.legend()
plt.savefig("lora.png", dpi=150)

start = curves[1][0]
assert all(np.isclose(losses[0], start) for losses in curves.values()), "B = 0 does not start at the old model"
assert curves[4][-1] < 0.01 * start, "rank 4 does not learn the change"
assert curves[1][-1] > 0.2 * start, "rank 1 is enough, too"
assert curves[16][-1] < 0.01 * start, "a larger rank does worse"
