"""ROC-AUC is the share of (positive, negative) pairs that the score ranks right."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

TIE_CREDIT = 0.5  # what a tied pair counts, 0.0..1.0
DECIMALS = 1  # digits the scores are rounded to: fewer, more ties, 1..6
SEED = 0  # random seed, 0..9999

data = load_breast_cancer()
X, y = data.data[:, [1, 4]], 1 - data.target  # texture and smoothness; 1 = malignant
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, stratify=y, random_state=SEED)
model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)
score = model.predict_proba(X_test)[:, 1].round(DECIMALS)
label = (score >= 0.5).astype(int)

# One row per positive, one column per negative: every pair once.
difference = score[y_test == 1][:, None] - score[y_test == 0]
wins, ties = (difference > 0).mean(), (difference == 0).mean()
by_hand = wins + TIE_CREDIT * ties
by_sklearn = roc_auc_score(y_test, score)
from_labels = roc_auc_score(y_test, label)
recall, specificity = label[y_test == 1].mean(), 1 - label[y_test == 0].mean()

print(f"pairs           {difference.size}")
print(f"ranked right    {wins:.3f}")
print(f"tied            {ties:.3f}")
print(f"AUC by hand     {by_hand:.3f}  = right + {TIE_CREDIT} x tied")
print(f"AUC by sklearn  {by_sklearn:.3f}")
print(f"from 0/1 labels {from_labels:.3f}  = (recall + specificity) / 2")

plt.rcParams["font.size"] = 13
fig, ax = plt.subplots(figsize=(8, 6.4), layout="constrained")
for values, area, what in [(score, by_sklearn, "scores"), (label, from_labels, "0/1 labels: one threshold")]:
    fpr, tpr, _ = roc_curve(y_test, values, drop_intermediate=False)
    ax.plot(fpr, tpr, "o-", lw=3, ms=8, label=f"{what}, area {area:.3f}")
ax.plot([0, 1], [0, 1], "--", color="grey", label="chance, area 0.500")
ax.set(title="Hard labels cut the corners off the ROC curve", xlabel="false positive rate",
       ylabel="recall (true positive rate)")
ax.legend(loc="lower right")
fig.savefig("auc.png", dpi=130)

assert abs(by_hand - by_sklearn) < 1e-9, "AUC should be P(s+ > s-) + P(tie)/2"
assert abs(from_labels - (recall + specificity) / 2) < 1e-9, "labels give balanced accuracy, not AUC"
assert by_sklearn - from_labels > 0.03, "hard labels should throw ranking away"
