"""Bias² and variance measured: the same model, fitted to many training sets drawn from a known truth."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import BaggingRegressor
from sklearn.tree import DecisionTreeRegressor

NOISE = 0.3  # standard deviation of the noise in y, 0.0..1.0
TRAIN = 60  # samples in each training set, 30..200
SETS = 60  # training sets, 40..150
SEED = 0  # random seed, 0..9999
DEPTHS = [1, 2, 3, 4, 6, 12]

rng = np.random.default_rng(SEED)
x_test = np.linspace(0.02, 0.98, 100)[:, None]
truth = np.sin(2 * np.pi * x_test[:, 0])
models = {f"depth {depth}": DecisionTreeRegressor(max_depth=depth, random_state=SEED) for depth in DEPTHS}
models["20 bagged"] = BaggingRegressor(models[f"depth {DEPTHS[-1]}"], n_estimators=20, random_state=SEED)
guesses = {name: [] for name in models}
for _ in range(SETS):
    x = rng.random((TRAIN, 1))
    y = np.sin(2 * np.pi * x[:, 0]) + rng.normal(0, NOISE, TRAIN)
    for name, model in models.items():
        guesses[name].append(model.fit(x, y).predict(x_test))

bias2, variance, error = {}, {}, {}
print("           bias²  variance  noise    sum  test MSE")
for name, guess in guesses.items():
    guess = np.array(guess)  # one row a training set
    bias2[name] = np.mean((guess.mean(axis=0) - truth) ** 2)
    variance[name] = np.mean(guess.var(axis=0))
    y_new = truth + rng.normal(0, NOISE, guess.shape)
    error[name] = np.mean((y_new - guess) ** 2)
    total = bias2[name] + variance[name] + NOISE**2
    print(f"{name:10} {bias2[name]:5.3f} {variance[name]:9.3f} {NOISE**2:6.3f} {total:6.3f} {error[name]:9.3f}")

plt.rcParams["font.size"] = 14
fig, ax = plt.subplots(figsize=(10, 5.6), layout="constrained")
bottom = np.zeros(len(models))
for part, label in [(list(bias2.values()), "bias²"), (list(variance.values()), "variance"),
                    ([NOISE**2] * len(models), "noise")]:
    ax.bar(list(models), part, bottom=bottom, label=label)
    bottom += part
ax.set(ylabel="expected squared error")
ax.legend()
fig.savefig("bias_variance.png", dpi=130)

deep = f"depth {DEPTHS[-1]}"
assert all(abs(error[n] - bias2[n] - variance[n] - NOISE**2) < 0.03 for n in models), "the parts should add up"
assert bias2["depth 1"] > 10 * bias2[deep], "too simple a tree should have bias"
assert variance[deep] > 2 * variance["depth 1"], "too flexible a tree should have variance"
assert error[deep] > min(error.values()) + 0.02, "the deepest tree should not be best"
assert variance["20 bagged"] < 0.8 * variance[deep], "averaging should lower variance"
assert bias2["20 bagged"] < bias2[deep] + 0.01, "and cost hardly any bias"
