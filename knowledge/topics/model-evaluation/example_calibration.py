"""A model can rank well and still report wrong probabilities; calibration mends them."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB

MODEL = "naive_bayes"  # whose probabilities we check: one of naive_bayes, logistic
BINS = 5  # bins of the reliability curve, 3..10
SEED = 0  # random seed, 0..9999

X, digit = load_digits(return_X_y=True)
X, y = X / 16, (digit == 8).astype(int)  # is it an eight?
X_train, X_rest, y_train, y_rest = train_test_split(X, y, test_size=0.6, stratify=y, random_state=SEED)
X_cal, X_test, y_cal, y_test = train_test_split(X_rest, y_rest, test_size=0.5, stratify=y_rest, random_state=SEED)
models = {"naive_bayes": GaussianNB(var_smoothing=0.05), "logistic": LogisticRegression()}
model = models[MODEL].fit(X_train, y_train)


def log_odds(X):
    """The model's score before it is squashed into a probability."""
    log_no, log_yes = model.predict_log_proba(X).T
    return (log_yes - log_no)[:, None]


def reliability(p):
    """Mean forecast, true share of positives and weight of each bin."""
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    rows = [(p[bins == b].mean(), y_test[bins == b].mean(), (bins == b).mean()) for b in np.unique(bins)]
    return np.array(rows).T


# Platt scaling: a logistic curve from score to probability, fitted on data the model has not seen.
platt = LogisticRegression(C=1e6).fit(log_odds(X_cal), y_cal)
forecasts = {"raw": model.predict_proba(X_test)[:, 1], "calibrated": platt.predict_proba(log_odds(X_test))[:, 1]}
plt.rcParams["font.size"] = 13
fig, ax = plt.subplots(figsize=(8, 6.4), layout="constrained")
ece, auc, brier = {}, {}, {}  # ECE: expected calibration error
print("            ROC-AUC   ECE  Brier  log loss")
for name, p in forecasts.items():
    said, true, weight = reliability(p)
    ece[name] = (weight * abs(said - true)).sum()
    brier[name], auc[name] = brier_score_loss(y_test, p), roc_auc_score(y_test, p)
    print(f"{name:11} {auc[name]:7.2f} {ece[name]:5.2f} {brier[name]:6.2f} {log_loss(y_test, p):9.2f}")
    ax.plot(said, true, lw=3, label=f"{name}: off by {ece[name]:.2f} on average")
    ax.scatter(said, true, s=900 * weight + 30)
ax.plot([0, 1], [0, 1], "--", color="grey", label="perfect: said = true")
ax.set(title="Dot size: how many images", xlabel="probability the model says", ylabel="share that are eights")
ax.legend(loc="upper left")
fig.savefig("reliability.png", dpi=130)

assert abs(auc["raw"] - auc["calibrated"]) < 0.01, "calibration should keep the ranking"
assert ece["raw"] > 2 * ece["calibrated"], "raw probabilities should be far off"
assert brier["raw"] > 1.5 * brier["calibrated"], "calibration should improve the Brier score"
