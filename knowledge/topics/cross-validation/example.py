"""Choosing features before cross-validation makes pure noise look predictable; a Pipeline does not."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline

ROWS = 100  # samples, half of each class, 60..300
COLUMNS = 2000  # features, all of them noise, 500..5000
KEEP = 20  # features that SelectKBest keeps, 5..50
FOLDS = 5  # folds, 3..10
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
model = LogisticRegression(max_iter=1000)
leaky, honest = [], []
for _ in range(10):  # ten data sets: one alone could be luck
    X = rng.normal(size=(ROWS, COLUMNS))
    y = np.arange(ROWS) % 2  # the labels know nothing of X

    # Wrong: the selector sees the labels of every row, also of those that will be held out.
    chosen = SelectKBest(k=KEEP).fit_transform(X, y)
    leaky.append(cross_val_score(model, chosen, y, cv=folds).mean())

    # Right: the selector is part of the model, so each fold fits it on its own training rows.
    whole = make_pipeline(SelectKBest(k=KEEP), model)
    honest.append(cross_val_score(whole, X, y, cv=folds).mean())

leak, truth = np.mean(leaky), np.mean(honest)
print(f"{ROWS} rows, {COLUMNS} noise features, {FOLDS} folds")
print(f"selected before CV:   {leak:.2f} ± {np.std(leaky):.2f}")
print(f"selected inside CV:   {truth:.2f} ± {np.std(honest):.2f}")
print("true accuracy:        0.50, there is nothing to learn")

plt.rcParams["font.size"] = 14
fig, ax = plt.subplots(figsize=(9, 3.8), layout="constrained")
ax.axvline(0.5, color="gray", linestyle="--")
ax.text(0.505, 0.5, "chance: the truth", color="gray", va="center")
ax.scatter(leaky, np.full(10, 1.0), s=160, alpha=0.6, color="tab:red")
ax.scatter(honest, np.full(10, 0.0), s=160, alpha=0.6, color="tab:blue")
ax.set_yticks([1, 0], ["selected\nbefore CV", "selected\ninside CV"])
ax.set(xlim=(0.25, 1.0), ylim=(-0.5, 1.5))
ax.set_xlabel("cross-validated accuracy on pure noise, ten data sets")
plt.savefig("leak.png", dpi=120)
assert leak > 0.7, "selecting outside should have looked far better than chance"
assert abs(truth - 0.5) < 0.1, "an honest estimate on noise should be near 0.5"
