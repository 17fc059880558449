"""Bad starts stay bad: random starting points miss groups; k-means++ spreads its centres and finds more."""
import numpy as np

SPREAD = 0.6  # standard deviation of a group; centres lie 5 apart, 0.2..3
RUNS = 60  # runs with each kind of start, 40..200
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
centres = np.array([(5.0 * i, 5.0 * j) for i in range(5) for j in range(3)])
k = len(centres)
x = np.concatenate([c + SPREAD * rng.standard_normal((40, 2)) for c in centres])

def squared(a, b):
    return ((a[:, None] - b) ** 2).sum(axis=2)

def plus_plus(tries=1):
    """The next centre is a point drawn by squared distance to the nearest one; the best of some tries, if greedy."""
    m = x[rng.integers(len(x), size=1)]
    while len(m) < k:
        d = squared(x, m).min(axis=1)
        picks = x[rng.choice(len(x), tries, p=d / d.sum())]
        left = [np.minimum(d, squared(x, p[None])[:, 0]).sum() for p in picks]
        m = np.vstack([m, picks[np.argmin(left)]])
    return m

def lloyd(m):
    """Assign and average until nothing changes; the inertia at the end."""
    while True:
        c = squared(x, m).argmin(axis=1)
        new = np.array([x[c == j].mean(axis=0) if (c == j).any() else m[j] for j in range(k)])
        if np.allclose(new, m):
            return squared(x, m).min(axis=1).sum()
        m = new

truth = lloyd(centres)  # started where the groups really are
starts = {"random points": lambda: x[rng.choice(len(x), k, replace=False)], "k-means++": plus_plus,
          "greedy ++": lambda: plus_plus(2 + int(np.log(k)))}
ratio = {name: np.array([lloyd(start()) for _ in range(RUNS)]) / truth for name, start in starts.items()}
ratio["best of 10 random"] = ratio["random points"][: RUNS // 10 * 10].reshape(-1, 10).min(axis=1)

print(f"{k} groups, spread {SPREAD}, {RUNS} runs each; inertia as a")
print("multiple of that from the true centres")
print("start              all groups found   mean   worst")
for name, values in ratio.items():
    print(f"{name:18} {(values < 1.01).mean():16.0%} {values.mean():6.2f} {values.max():7.2f}")
mean = {name: values.mean() for name, values in ratio.items()}
assert mean["random points"] > 1.4 * mean["k-means++"], "random starts are as good: the groups overlap"
assert mean["k-means++"] > mean["greedy ++"], "trying several candidates does not help"
assert mean["random points"] > 1.2 * mean["best of 10 random"], "several starts are no better than one"
