"""K-means is coordinate descent: assigning and averaging each lower the inertia, by hand as in scikit-learn."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits

K = 10  # clusters, 2..20
CENTRE = "mean"  # what a cluster's centre is: one of mean, median
SEED = 0  # random seed, 0..9999

x, digit = load_digits(return_X_y=True)
rng = np.random.default_rng(SEED)
start = x[rng.choice(len(x), K, replace=False)]

def inertia(c, m):
    """Sum of squared distances to the own centre."""
    return ((x - m[c]) ** 2).sum()

m, history, promised = start.copy(), [], []
for rounds in range(1, 301):
    c = ((x[:, None] - m) ** 2).sum(axis=2).argmin(axis=1)  # assign: the nearest centre
    history.append(inertia(c, m))
    centre = np.mean if CENTRE == "mean" else np.median
    new = np.array([centre(x[c == j], axis=0) if (c == j).any() else m[j] for j in range(K)])
    promised.append((np.bincount(c, minlength=K) * ((m - new) ** 2).sum(axis=1)).sum())  # the proof's n * |m - mean|^2
    history.append(inertia(c, new))  # update: the mean
    if np.allclose(new, m):
        break
    m = new

library = KMeans(K, init=start, n_init=1, tol=0, max_iter=300).fit(x)
fell = -np.diff(history)
print(f"{len(x)} digits, k = {K}, {rounds} rounds")
print("half-step   inertia   fell by")
for i in range(1, 7):
    print(f"{'update' if i % 2 else 'assign':9} {history[i]:9.0f} {fell[i - 1]:9.1f}")
print(f"at the end {history[-1]:.4f}, scikit-learn {library.inertia_:.4f}")
purity = np.mean([np.bincount(digit[c == j]).max() for j in range(K) if (c == j).any()]) * K / len(x)
print(f"share of images in clusters of their own digit: {purity:.2f}")

fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.plot(np.arange(len(history)) / 2, history, "o-", ms=3)
ax.set(xlabel="rounds (two half-steps each)", ylabel="inertia", title="every half-step lowers the objective")
fig.savefig("inertia.png", dpi=150)

assert (fell > -1e-6).all(), "a step raised the inertia"
assert np.allclose(fell[::2], promised), "an update does not lower it by n * |old - new|^2: the centre is not the mean"
assert abs(history[-1] / library.inertia_ - 1) < 1e-6, "scikit-learn ends elsewhere from the same start"
