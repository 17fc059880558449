"""A constant learning rate ends in a noise floor; schedules start just as large and end small, and get below it."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes

PEAK = 0.1  # highest learning rate of every schedule, 0.08..0.15
WARM_UP = 0.05  # share of the steps in which the rate rises, 0.01..0.3
DECAY = True  # False: no schedule ever lowers the rate
STEPS = 3000  # steps of mini-batch SGD, 2000..4000
SEED = 0  # random seed, 0..9999

X, y = load_diabetes(return_X_y=True)
X, y = (X - X.mean(0)) / X.std(0), (y - y.mean()) / y.std()
best = np.linalg.lstsq(X, y, rcond=None)[0]
t = np.arange(STEPS) / STEPS  # progress, from 0 to 1
cosine = (1 + np.cos(np.pi * np.clip((t - WARM_UP) / (1 - WARM_UP), 0, 1))) / 2
schedules = {
    "constant": np.ones(STEPS),
    "step": np.where(t < 0.5, 1, np.where(t < 0.75, 0.1, 0.01)) if DECAY else np.ones(STEPS),
    "warm-up + cosine": np.minimum(t / WARM_UP, cosine if DECAY else 1),
}

def train(rates):  # ten runs of SGD side by side; returns their mean loss above the minimum
    rng = np.random.default_rng(SEED)
    w, excess = np.zeros((10, X.shape[1])), []
    for rate in rates:
        rows = rng.integers(len(X), size=(10, 8))  # 8 rows a step, for each run
        error = np.einsum("rbk,rk->rb", X[rows], w) - y[rows]
        excess.append((((w - best) @ X.T) ** 2).mean())  # = MSE(w) - MSE(best)
        w = w - rate * np.einsum("rb,rbk->rk", error, X[rows]) / 8
    return np.array(excess)

plt.rcParams["font.size"] = 12
fig, (top, bottom) = plt.subplots(2, 1, figsize=(7, 7.6), sharex=True, layout="constrained")
tried = {f"constant {rate:g}": rate * np.ones(STEPS) for rate in (0.001, 0.003, 0.01, 0.03)}
tried |= {name: PEAK * shape for name, shape in schedules.items()}
floor = {}
print("schedule             peak   final loss above the minimum")
for name, rates in tried.items():
    excess = train(rates)
    floor[name] = excess[-STEPS // 20:].mean()  # over the last twentieth
    print(f"{name:18} {rates.max():6.3f} {floor[name]:10.4f}")
    if name in schedules:
        top.plot(rates, lw=3)
        bottom.semilogy(np.convolve(excess, np.ones(30) / 30, "valid"), lw=2, label=name)
top.set(ylabel="learning rate")
bottom.set(xlabel="step", ylabel="loss above the minimum")
bottom.legend(loc="lower left")
plt.savefig("schedules.png", dpi=150)
flat = min(value for name, value in floor.items() if name.startswith("constant"))
for name in ("step", "warm-up + cosine"):
    assert floor[name] < 0.1 * floor["constant"], f"{name} should get far below the constant rate it starts from"
    assert floor[name] < 0.6 * flat, f"{name} should beat every constant rate"
