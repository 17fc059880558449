"""On rare positives, accuracy praises a useless model; F1 and PR-AUC do not."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (accuracy_score, average_precision_score, f1_score,
                             precision_recall_curve, roc_auc_score, roc_curve)
from sklearn.model_selection import train_test_split

POSITIVE_SHARE = 0.05  # share of positives in the data, 0.04..0.5
THRESHOLD = 0.5  # score from which we say "positive", 0.1..0.9
SEED = 0  # random seed, 0..9999

# Odd digits play the rare class: keep every even image and only a few odd ones.
X, digit = load_digits(return_X_y=True)
X, y = X / 16, digit % 2
even, odd = np.flatnonzero(y == 0), np.flatnonzero(y == 1)
n_odd = round(len(even) * POSITIVE_SHARE / (1 - POSITIVE_SHARE))
keep = np.append(even, np.random.default_rng(SEED).choice(odd, n_odd, replace=False))
X_train, X_test, y_train, y_test = train_test_split(
    X[keep], y[keep], test_size=0.5, stratify=y[keep], random_state=SEED)

models = {"always no": DummyClassifier(strategy="constant", constant=0),
          "logistic": LogisticRegression(C=10, max_iter=1000)}
plt.rcParams["font.size"] = 12
fig, (roc, pr) = plt.subplots(2, 1, figsize=(6.4, 8.4), layout="constrained")
acc, f1, roc_auc, pr_auc = {}, {}, {}, {}
print(f"{len(y_test)} test images, {y_test.sum()} of them positive")
print("model      accuracy    F1  ROC-AUC  PR-AUC")
for name, model in models.items():
    score = model.fit(X_train, y_train).predict_proba(X_test)[:, 1]
    label = (score >= THRESHOLD).astype(int)
    acc[name] = accuracy_score(y_test, label)
    f1[name] = f1_score(y_test, label, zero_division=0)
    roc_auc[name] = roc_auc_score(y_test, score)  # scores, never hard labels
    pr_auc[name] = average_precision_score(y_test, score)
    print(f"{name:9} {acc[name]:9.2f} {f1[name]:5.2f} {roc_auc[name]:8.2f} {pr_auc[name]:7.2f}")
    fpr, tpr, _ = roc_curve(y_test, score)
    precision, recall, _ = precision_recall_curve(y_test, score)
    roc.plot(fpr, tpr, lw=3, label=f"{name}: area {roc_auc[name]:.2f}")
    pr.step(recall, precision, lw=3, where="post", label=f"{name}: area {pr_auc[name]:.2f}")

roc.set(title="ROC: looks nearly solved", xlabel="false positive rate",
        ylabel="recall (true positive rate)")
pr.set(title="PR: shows the false alarms", xlabel="recall (true positive rate)", ylabel="precision", ylim=(0, 1.05))
roc.legend(loc="lower right")
pr.legend(loc="upper right")
fig.savefig("roc_pr.png", dpi=150)

assert acc["always no"] > 0.9, "the useless model should look great by accuracy"
assert acc["logistic"] - acc["always no"] < 0.06, "accuracy should hardly see the difference"
assert f1["logistic"] - f1["always no"] > 0.25, "F1 should see the difference"
assert pr_auc["logistic"] - pr_auc["always no"] > 0.25, "PR-AUC should see the difference"
assert roc_auc["logistic"] - pr_auc["logistic"] > 0.05, "ROC should look rosier than PR"
