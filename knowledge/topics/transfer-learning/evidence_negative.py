"""Errors after fine-tuning with 20 labels from a related source, from zero and from random weights: 12 seeds."""
import numpy as np

UNKNOWNS, LABELS, NOISE, TASKS = 40, 20, 0.3, 10


def at_cosine(rng, target, cosine):
    other = rng.normal(size=UNKNOWNS)
    other -= other @ target * target
    return cosine * target + np.sqrt(1 - cosine**2) * other / np.linalg.norm(other)


def errors(rng):
    """Return the error of each start (columns) after each number of gradient steps (rows), for one task."""
    target = rng.normal(size=UNKNOWNS)
    target /= np.linalg.norm(target)
    X = rng.normal(size=(LABELS + 1000, UNKNOWNS))
    y = X @ target + rng.normal(0, NOISE, len(X))
    luck = rng.normal(size=UNKNOWNS)
    starts = [at_cosine(rng, target, cosine) for cosine in (0.9, 0.0, -0.5)]
    W = np.transpose([*starts, np.zeros(UNKNOWNS), luck / np.linalg.norm(luck)])
    rate, found = 1 / np.linalg.norm(X[:LABELS], 2) ** 2, []
    for step in range(1, 201):
        W = W - rate * X[:LABELS].T @ (X[:LABELS] @ W - y[:LABELS, None])
        if step in (5, 20, 50, 200):
            found.append(((X[LABELS:] @ W - y[LABELS:, None]) ** 2).mean(0))
    return found


names = ("source at 0.9", "source at 0", "source at -0.5", "from zero", "from random")
runs = []
for seed in range(12):
    rng = np.random.default_rng(seed)
    runs.append(np.mean([errors(rng) for _ in range(TASKS)], axis=0))
runs = np.array(runs)  # seed, number of steps, start
for start, name in enumerate(names):
    best = runs[:, runs[:, :, start].mean(0).argmin(), start]
    print(f"{name}: {' '.join(f'{value:.3f}' for value in best)}")
