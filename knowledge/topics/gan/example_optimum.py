"""A discriminator trained to the end finds D*(x) = p_data / (p_data + p_g), and its value is 2·JS − log 4."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

G_MEAN = 2.0  # where the frozen generator puts its samples; the data sit at 0, 0..4
G_STD = 1.5  # their spread; the data have 1, 0.7..2
REAL_LABEL = 1.0  # D's target on real samples; below 1 is label smoothing, 0.5..1
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
n = 50_000
x = np.r_[rng.normal(0, 1, n), rng.normal(G_MEAN, G_STD, n)]  # n real, then n generated
target = np.r_[np.full(n, REAL_LABEL), np.zeros(n)]

# D(x) = sigmoid(w·(1, x, x²)): between two Gaussians the true log odds are exactly such a parabola.
def features(x):
    return np.stack([np.ones_like(x), x, x**2], axis=-1)

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

F, w = features(x), np.zeros(3)
for _ in range(20):  # Newton's method on the mean cross-entropy
    p = sigmoid(F @ w)
    w -= np.linalg.solve(F.T @ (F * (p * (1 - p))[:, None]), F.T @ (p - target))

def normal(x, mean, std):
    return np.exp(-((x - mean) / std) ** 2 / 2) / (std * np.sqrt(2 * np.pi))

grid = np.linspace(-10, 14, 4001)
p_data, p_g = normal(grid, 0, 1), normal(grid, G_MEAN, G_STD)
best, learned = p_data / (p_data + p_g), sigmoid(features(grid) @ w)
mid = (p_data + p_g) / 2
dx = grid[1] - grid[0]
js = sum((p * np.log(p / mid)).sum() * dx for p in (p_data, p_g)) / 2
real, fake = sigmoid(F[:n] @ w), sigmoid(F[n:] @ w)
value = np.log(real).mean() + np.log(1 - fake).mean()  # V(D, G), estimated on the samples
gap = np.abs(learned - best)[mid > 1e-3].max()
print(f"max |D - D*|      {gap:6.3f}")
print(f"V(D, G) measured  {value:6.3f}")
print(f"2 JS - log 4      {2 * js - np.log(4):6.3f}")
print(f"-log 4, the least {-np.log(4):6.3f}  (p_g = p_data)")

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.fill_between(grid, p_data, color="tab:blue", alpha=0.4, label="p_data")
ax.fill_between(grid, p_g, color="tab:orange", alpha=0.4, label="p_g")
ax.plot(grid, learned, "k", lw=3, label="D, trained on samples")
ax.plot(grid, best, "--", color="tab:red", lw=3, label="D* = p_data / (p_data + p_g)")
ax.set(xlim=(-4, 8), ylim=(0, 1), xlabel="x", ylabel="density, or D's probability of real")
ax.legend()
plt.savefig("optimum.png", dpi=150)
assert gap < 0.05, "the trained D is not p_data / (p_data + p_g)"
assert abs(value - (2 * js - np.log(4))) < 0.03, "its value is not 2 JS - log 4"
