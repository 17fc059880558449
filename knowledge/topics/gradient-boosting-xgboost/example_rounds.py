"""Learning rate against number of trees: test loss falls, then rises; a smaller rate needs more trees."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_hastie_10_2
from sklearn.ensemble import GradientBoostingClassifier

NOISE = 0.2  # share of training labels turned round, 0.0..0.3
TREES = 150  # trees that are added, 100..300
REPEATS = 2  # data sets, 2..6
LARGE = 1.0  # the largest of the three learning rates, 0.1..1.0
SEED = 0  # random seed, 0..9999
RATES = [LARGE, 0.3, 0.1]


def log_loss(y, p):
    return -np.mean(np.log(np.clip(np.where(y == 1, p, 1 - p), 1e-12, 1)))


curves = np.zeros((len(RATES), TREES))
for repeat in range(REPEATS):
    X, y = make_hastie_10_2(1300, random_state=SEED * 10 + repeat)
    rng = np.random.default_rng(SEED * 10 + repeat)
    train, y = slice(0, 300), (y > 0).astype(int)
    noisy = np.where(rng.random(300) < NOISE, 1 - y[train], y[train])
    for k, rate in enumerate(RATES):
        model = GradientBoostingClassifier(learning_rate=rate, n_estimators=TREES, max_depth=3, random_state=SEED)
        model.fit(X[train], noisy)
        stages = model.staged_predict_proba(X[300:])
        curves[k] += [log_loss(y[300:], stage[:, 1]) / REPEATS for stage in stages]

print("rate   best after  best loss  loss at the end")
for rate, curve in zip(RATES, curves):
    print(f"{rate:4} {curve.argmin() + 1:12} {curve.min():10.3f} {curve[-1]:16.3f}")

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for rate, curve in zip(RATES, curves):
    ax.plot(range(1, TREES + 1), curve, label=f"rate {rate}")
    ax.plot(curve.argmin() + 1, curve.min(), "ko")
ax.axhline(np.log(2), ls=":", color="gray", label="a coin")
ax.set(xlabel="trees", ylabel="test log loss", ylim=(0.3, 1.5))
ax.legend()
fig.savefig("rounds.png", dpi=140)

best, end = curves.min(axis=1), curves[:, -1]
at = curves.argmin(axis=1)
assert at[0] < at[1] < at[2], "a smaller rate should need more trees"
assert best[2] < best[0] - 0.02, "a smaller rate should get much lower than a large one"
assert end[0] > best[0] + 0.3, "with a large rate too many trees should do great harm"
assert end[1] > best[1] + 0.02, "and some at a middling rate"
