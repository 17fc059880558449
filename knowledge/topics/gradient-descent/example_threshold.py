"""On a quadratic loss, gradient descent converges below the learning rate 2/λ_max and explodes above it."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes

BELOW = 0.95  # learning rate as a multiple of 2/λ_max, 0.1..0.99
ABOVE = 1.05  # the same, on the other side, 1.01..1.5
STEPS = 300  # steps of full-batch gradient descent, 200..1000
SEED = 0  # random seed of the start, 0..9999

X, y = load_diabetes(return_X_y=True)
X, y = (X - X.mean(0)) / X.std(0), (y - y.mean()) / y.std()
H = X.T @ X / len(X)  # second derivatives of the loss: how curved it is in each direction
curvature, directions = np.linalg.eigh(H)
top, steepest = curvature[-1], directions[:, -1]
best = np.linalg.solve(H, X.T @ y / len(X))
start = best + np.random.default_rng(SEED).normal(size=10)

def loss(w):
    return ((X @ w - y) ** 2).mean() / 2

def descend(rate):
    w, excess, steep = start, [], []
    for _ in range(STEPS):
        excess.append(loss(w) - loss(best))
        steep.append(steepest @ (w - best))  # how far off along the steepest direction
        w = w - rate * X.T @ (X @ w - y) / len(X)
    return np.array(excess), np.array(steep)

print(f"curvature from {curvature[0]:.4f} to {top:.2f}: 2/λ_max = {2 / top:.3f}")
print("rate·λ_max/2   one step multiplies       excess loss\n"
      "               the steepest part by      first → last")
plt.rcParams["font.size"] = 12
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 4.4), layout="constrained")
runs = {}
for share, style in zip((0.6, BELOW, 1.0, ABOVE), ("-", "-", "--", "-")):
    excess, steep = runs[share] = descend(share * 2 / top)
    print(f"{share:8.2f} {steep[1] / steep[0]:17.2f} {excess[0]:20.2g} → {excess[-1]:.1g}")
    left.semilogy(excess, style, lw=2, label=f"{share:g} · 2/λ_max")
    if share in (BELOW, ABOVE):
        right.plot(steep[:25] / steep[0], "o-", color=left.lines[-1].get_color(), label=f"{share:g} · 2/λ_max")
left.set(xlabel="step", ylabel="loss above the minimum", ylim=(1e-4, 1e8))
right.set(xlabel="step", ylabel="error along steepest direction")
left.legend(loc="upper right")
right.legend(loc="upper left")
plt.savefig("threshold.png", dpi=120)
for share, (excess, steep) in runs.items():
    assert np.isclose(steep[1] / steep[0], 1 - 2 * share), "one step should multiply that part by 1 - rate·λ_max"
assert runs[BELOW][0][-1] < 0.05 * runs[BELOW][0][0], "below the threshold it should converge"
assert runs[ABOVE][0][-1] > 1000 * runs[ABOVE][0][0], "above the threshold it should explode"
