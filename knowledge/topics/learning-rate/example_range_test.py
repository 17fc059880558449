"""LR range test: raise the learning rate at every step, watch where the loss blows up, then go well below that."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

LOWEST = 1e-4  # learning rate of the first step, 0.00001..0.001
HIGHEST = 100.0  # of the last step, 30..1000
STEPS = 300  # steps of the test, 100..1000
SAFETY = 4.0  # how many times below the blow-up to stay, 2..10
SEED = 0  # random seed, 0..9999

X, digit = load_digits(return_X_y=True)
X, onehot = X / 16, np.eye(10)[digit]

def train(rates):  # one mini-batch step for every rate; returns the loss of each batch before its step
    rng = np.random.default_rng(SEED)
    W, V = rng.normal(size=(64, 48)) / 8, rng.normal(size=(48, 10)) / 7
    losses = []
    for rate in rates:
        rows = rng.integers(len(X), size=64)
        hidden = np.tanh(X[rows] @ W)
        score = hidden @ V
        score -= score.max(1, keepdims=True)
        log_p = score - np.log(np.exp(score).sum(1, keepdims=True))
        losses.append(-(onehot[rows] * log_p).sum(1).mean())  # cross-entropy
        error = (np.exp(log_p) - onehot[rows]) / len(rows)
        back = error @ V.T * (1 - hidden ** 2)
        V, W = V - rate * hidden.T @ error, W - rate * X[rows].T @ back
    return np.array(losses)

rates = np.geomspace(LOWEST, HIGHEST, STEPS)
smooth = train(rates)
for i in range(1, STEPS):
    smooth[i] = 0.9 * smooth[i - 1] + 0.1 * smooth[i]
low = smooth.argmin()
blow_up = rates[low + np.argmax(smooth[low:] > 2 * smooth[low])]
pick = blow_up / SAFETY
print(f"the loss blows up at {blow_up:.2f}: take {pick:.2f}")
print("constant rate   loss after 300 steps")
final = {}
for name, rate in {"pick / 30": pick / 30, "pick": pick, "3 blow-ups": 3 * blow_up}.items():
    final[name] = train(np.full(300, rate))[-30:].mean()
    print(f"{rate:8.3f} {final[name]:16.2g}   ({name})")

plt.rcParams["font.size"] = 12
fig, ax = plt.subplots(figsize=(7, 4.6), layout="constrained")
ax.semilogx(rates, smooth, lw=3, label="loss, smoothed")
ax.axvline(pick, color="tab:green", ls="--", lw=2, label=f"pick: {pick:.2g}")
ax.axvline(blow_up, color="tab:red", ls="--", lw=2, label=f"blow-up: {blow_up:.2g}")
ax.set(xlabel="learning rate, raised at every step", ylabel="training loss", ylim=(0, 5))
ax.legend(loc="upper left")
plt.savefig("range_test.png", dpi=150)
assert final["pick"] < 0.3 * final["pick / 30"], "the pick should beat a much smaller rate"
assert final["pick"] < np.log(10) < final["3 blow-ups"], "past the blow-up it should do worse than guessing"
