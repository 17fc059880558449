"""Steps that AdaGrad and Adam need in a valley along the axes and in the same valley turned, 12 starts and angles."""
import numpy as np

STEPS, CONDITION = 400, 100.0
RATES, BETAS = np.geomspace(1e-3, 2, 40), (0.5, 0.6, 0.7, 0.8, 0.85, 0.9)
np.seterr(over="ignore", invalid="ignore")


def steps(rule, H, start):
    """Return the steps to 1/10000 of the loss at the best rate, and for Adam and momentum at the best β₁, too."""
    beta, rate = (grid.reshape(-1, 1) for grid in np.meshgrid([0.0] if rule == "AdaGrad" else BETAS, RATES))
    w, m, v, losses = np.tile(start, (len(rate), 1)), 0.0, 0.0, []
    for t in range(1, STEPS + 2):
        losses.append(np.einsum("ri,ij,rj->r", w, H, w) / 2)
        g = w @ H
        if rule == "AdaGrad":
            v = v + g**2
            w = w - rate * g / (np.sqrt(v) + 1e-8)
        elif rule == "Adam":
            m, v = beta * m + (1 - beta) * g, 0.999 * v + 0.001 * g**2
            w = w - rate * (m / (1 - beta**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        else:
            m = beta * m - rate * g
            w = w + m
    late = ~(np.array(losses) < 1e-4 * losses[0])
    return (STEPS + 1 - late[::-1].argmax(0)).min()


found = {}
for seed in range(12):
    rng = np.random.default_rng(seed)
    angle, start = np.radians(rng.uniform(20, 70)), rng.normal(size=2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    for rule in ("AdaGrad", "Adam", "momentum"):
        for name, a in (("along the axes", np.eye(2)), ("turned", turn)):
            H = a @ np.diag([1, CONDITION]) @ a.T
            found.setdefault(f"{rule}, {name}", []).append(steps(rule, H, a @ start))
for rival, values in found.items():
    print(f"{rival}: {' '.join(map(str, values))}")
