"""Selecting features on all rows before cross-validation makes pure noise look predictable; inside the folds it does not."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

COLUMNS = 2000  # noise features to choose from, 20..5000
KEEP = 20  # features kept, 1..50
ROWS = 60  # rows, half of each class, 20..200
REPEATS = 10  # data sets, 5..50
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
y = np.repeat([0, 1], ROWS // 2)
folds = StratifiedKFold(5, shuffle=True, random_state=SEED)

def scores(columns):
    """Accuracy of both orders on one new table of noise."""
    X = rng.standard_normal((len(y), columns))
    select = SelectKBest(f_classif, k=min(KEEP, columns))
    chosen = select.fit_transform(X, y)  # has seen every label
    wrong = cross_val_score(GaussianNB(), chosen, y, cv=folds).mean()
    right = cross_val_score(make_pipeline(select, GaussianNB()), X, y, cv=folds).mean()
    return wrong, right

sizes = sorted({20, min(200, COLUMNS), COLUMNS})
means = []
print("columns  selected before  selected inside the folds")
for columns in sizes:
    means.append(np.mean([scores(columns) for _ in range(REPEATS)], axis=0))
    print(f"{columns:7} {means[-1][0]:16.3f} {means[-1][1]:26.3f}")
print("truth: labels are independent of X, accuracy 0.500")

wrong, right = np.array(means).T
plt.plot(sizes, wrong, "o-", label="selected on all rows, then cross-validated")
plt.plot(sizes, right, "s-", label="selected inside each fold")
plt.axhline(0.5, ls="--", color="gray", label="truth")
plt.xscale("log")
plt.xlabel("columns of noise")
plt.ylabel("cross-validated accuracy")
plt.ylim(0.3, 1)
plt.legend(loc="lower right")
plt.savefig("noise.png", dpi=150)

assert abs(right[-1] - 0.5) < 0.1, "inside the folds the score is not honest either"
assert wrong[-1] > 0.75, "there was nothing to choose from: selecting first did no harm"
