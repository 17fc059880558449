"""Steps to 1/10000 of the loss in a turned valley: SGD, momentum, Nesterov at their best rate and β, 12 starts."""
import numpy as np

STEPS, CONDITION = 400, 100.0
RATES, BETAS = np.geomspace(1e-3, 2, 40), (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
np.seterr(over="ignore", invalid="ignore")


def steps(rule, H, start):
    beta, rate = (grid.reshape(-1, 1) for grid in np.meshgrid([0.0] if rule == "SGD" else BETAS, RATES))
    w, m, losses = np.tile(start, (len(rate), 1)), 0.0, []
    for _ in range(STEPS + 1):
        losses.append(np.einsum("ri,ij,rj->r", w, H, w) / 2)
        g = (w + beta * m if rule == "Nesterov" else w) @ H
        m = beta * m - rate * g
        w = w + m
    late = ~(np.array(losses) < 1e-4 * losses[0])  # not there yet, or gone again
    return (STEPS + 1 - late[::-1].argmax(0)).min()


found = {"momentum": [], "Nesterov": [], "SGD": []}
for seed in range(12):
    rng = np.random.default_rng(seed)
    angle, start = rng.uniform(0, np.pi), rng.normal(size=2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    H = turn @ np.diag([1, CONDITION]) @ turn.T
    for rule, values in found.items():
        values.append(steps(rule, H, start))
for rule, values in found.items():
    print(f"{rule}: {' '.join(map(str, values))}")
