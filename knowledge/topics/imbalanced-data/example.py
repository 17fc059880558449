"""Two percent positives: a constant model is 98% accurate; moving the threshold to the costs does what weights do."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

POSITIVES = 0.02  # share of positives, 0.01..0.3
MISS = 20  # cost of a missed positive; a false alarm costs 1, 1..100
SEED = 0  # random seed, 0..9999


def draw(n, rng):
    """Two overlapping clouds in three features."""
    y = (rng.random(n) < POSITIVES).astype(int)
    return rng.normal(size=(n, 3)) + 0.9 * y[:, None], y


rng = np.random.default_rng(SEED)
X, y = draw(10000, rng)
X_test, y_test = draw(20000, rng)


def report(name, alarm):
    miss, false = np.mean(y_test * ~alarm), np.mean((1 - y_test) * alarm)
    recall = alarm[y_test == 1].mean()
    precision = y_test[alarm].mean() if alarm.any() else 0.0
    print(f"{name:22} {np.mean(alarm == y_test):8.3f} {recall:6.2f} {precision:9.2f} {MISS * miss + false:6.3f}")
    return np.mean(alarm == y_test), recall, MISS * miss + false


plain = LogisticRegression().fit(X, y)
weighted = LogisticRegression(class_weight={0: 1, 1: MISS}).fit(X, y)
p, p_weighted = (model.predict_proba(X_test)[:, 1] for model in (plain, weighted))
cut = 1 / (1 + MISS)  # c_FP / (c_FP + c_FN)

print("                       accuracy recall precision   cost")
never = report("never an alarm", np.zeros(len(y_test), bool))
half = report("p > 0.5", p > 0.5)
moved = report(f"p > {cut:.3f}", p > cut)
weights = report("weights, p > 0.5", p_weighted > 0.5)
print(f"AUC {roc_auc_score(y_test, p):.3f} plain, {roc_auc_score(y_test, p_weighted):.3f} weighted")
print(f"mean p {p.mean():.3f} plain, {p_weighted.mean():.3f} weighted, truth {y_test.mean():.3f}")

cuts = np.geomspace(0.003, 0.6, 60)
costs = [np.mean(MISS * y_test * (p <= c) + (1 - y_test) * (p > c)) for c in cuts]
fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.plot(cuts, costs)
ax.axvline(cut, ls="--", color="gray", label="1 / (1 + cost of a miss)")
ax.axvline(0.5, ls=":", color="C3", label="0.5")
ax.set(xscale="log", xlabel="threshold", ylabel="cost of a sample", ylim=(0, None))
ax.legend()
fig.savefig("threshold.png", dpi=140)

assert moved[2] < 0.95 * min(half[2], never[2]), "the moved threshold should be cheaper"
assert never[0] > moved[0], "the constant model should be the more accurate one"
assert abs(weights[2] - moved[2]) < 0.1 * moved[2], "weights and the threshold should come to about the same"
assert abs(p.mean() - y_test.mean()) < 0.008 < p_weighted.mean() - y_test.mean(), "only weights should inflate p"
