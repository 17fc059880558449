"""Choosing k: inertia always falls, the silhouette has its maximum at the number of separate groups."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

GROUPS = 4  # true number of groups, 2..7
SPREAD = 1.0  # standard deviation of a group; centres lie on a circle of radius 6, 0.3..6
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
turn = 2 * np.pi * np.arange(GROUPS) / GROUPS
centres = 6 * np.column_stack([np.cos(turn), np.sin(turn)])
x = np.concatenate([c + SPREAD * rng.standard_normal((80, 2)) for c in centres])
noise = rng.uniform(x.min(axis=0), x.max(axis=0), x.shape)  # no groups at all, in the same box

ks = range(2, 9)

def kmeans(x, k, starts=8):  # labels and inertia of the best run from random points
    best = None, np.inf
    for _ in range(starts):
        m, old = x[rng.choice(len(x), k, replace=False)], np.inf
        while True:
            d = ((x[:, None] - m) ** 2).sum(axis=2)
            c, inertia = d.argmin(axis=1), d.min(axis=1).sum()
            if inertia > old - 1e-9:
                break
            m, old = np.array([x[c == j].mean(axis=0) if (c == j).any() else m[j] for j in range(k)]), inertia
        best = min(best, (c, inertia), key=lambda run: run[1])
    return best

def silhouette(x, c):
    """Mean of (b - a) / max(a, b): own cluster without the point itself, against the nearest other one."""
    d = np.sqrt(((x[:, None] - x) ** 2).sum(axis=2))
    sums = np.stack([d[:, c == j].sum(axis=1) for j in range(c.max() + 1)], axis=1)
    sizes, own = np.bincount(c), (np.arange(len(x)), c)
    a, others = sums[own] / np.maximum(sizes[c] - 1, 1), sums / sizes
    others[own] = np.inf
    b = others.min(axis=1)
    return np.where(sizes[c] > 1, (b - a) / np.maximum(a, b), 0).mean()

runs = [kmeans(x, k) for k in ks]
inertia, score = [j for _, j in runs], [silhouette(x, c) for c, _ in runs]
score_noise = [silhouette(noise, kmeans(noise, k)[0]) for k in ks]

print(" k   inertia  silhouette  on uniform noise")
for k, j, s, n in zip(ks, inertia, score, score_noise):
    print(f"{k:2} {j:9.0f} {s:11.2f} {n:17.2f}  {'<-' if s == max(score) else ''}")
fig, (left, right) = plt.subplots(2, 1, figsize=(6, 7), sharex=True, layout="constrained")
left.plot(ks, inertia, "o-")
left.set(ylabel="inertia", title=f"{GROUPS} groups: the elbow")
right.plot(ks, score, "o-", label="data")
right.plot(ks, score_noise, "s--", label="uniform noise")
right.set(xlabel="k", ylabel="silhouette", title="the silhouette")
right.legend()
fig.savefig("choose_k.png", dpi=150)

assert (np.diff(inertia) < 0).all(), "inertia should fall with every k"
assert max(score) > max(score_noise) + 0.15, "the clusters are no clearer than those found in noise"
assert ks[int(np.argmax(score))] == GROUPS, "the silhouette does not find the number of groups: they overlap"
