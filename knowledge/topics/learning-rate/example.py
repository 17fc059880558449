"""One network, one number changed: a learning rate can be too small, good or too large."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes

SMALL = 0.0003  # a learning rate that creeps, 0.0001..0.0005
GOOD = 0.05  # one that suits this network, 0.03..0.07
LARGE = 1.0  # one that blows up, 0.8..5
STEPS = 400  # steps of full-batch gradient descent, 200..600
SEED = 0  # random seed of the weights, 0..9999

X, y = load_diabetes(return_X_y=True)
X, y = (X - X.mean(0)) / X.std(0), (y - y.mean()) / y.std()

def train(rate):
    rng = np.random.default_rng(SEED)
    W, v = rng.normal(size=(10, 30)) / np.sqrt(10), rng.normal(size=30) / np.sqrt(30)
    losses = []
    for _ in range(STEPS + 1):
        hidden = np.tanh(X @ W)
        error = hidden @ v - y
        losses.append((error ** 2).mean())
        if losses[-1] > 1e6:
            break  # it has blown up: before long the loss would be nan
        grad_v = 2 * hidden.T @ error / len(y)
        grad_W = 2 * X.T @ (np.outer(error, v) * (1 - hidden ** 2)) / len(y)
        W, v = W - rate * grad_W, v - rate * grad_v
    return losses

plt.rcParams["font.size"] = 12
fig, (top, bottom) = plt.subplots(2, 1, figsize=(7, 7.6), layout="constrained")
runs = {}
print("learning rate   loss: start   after 10   after 50   last")
for name, rate in {"too small": SMALL, "good": GOOD, "too large": LARGE}.items():
    losses = runs[name] = train(rate)
    at = [f"{losses[i]:.2f}" if i < len(losses) else "-" for i in (0, 10, 50)]
    print(f"{rate:<7} {name:9} {at[0]:>9} {at[1]:>10} {at[2]:>10}   {losses[-1]:.2g}")
    top.semilogy(losses, lw=3, label=f"{rate:g}: {name}")
top.set(xlabel="step", ylabel="training loss", ylim=(0.3, 100))
top.legend(loc="upper right")
sweep = np.geomspace(1e-4, 10, 21)
bottom.loglog(sweep, [min(train(rate)[-1], 1e6) for rate in sweep], "o-", color="tab:gray")
bottom.set(xlabel="learning rate", ylabel=f"loss after {STEPS} steps (cut off at 1e6)")
plt.savefig("rates.png", dpi=150)
assert runs["too small"][-1] > 1.1 * runs["good"][-1], "the small rate should lag behind"
assert np.all(np.diff(runs["good"]) < 0), "at the good rate the loss should fall at every step"
assert runs["too large"][-1] > 1e6, "the large rate should blow up"
