"""Oversampling before the split leaks: copies of one row are trained on and tested on, and the score is a dream."""
import numpy as np
from sklearn.metrics import f1_score
from sklearn.tree import DecisionTreeClassifier

BEFORE = True  # True: oversample, then split into folds; False: split, then oversample the training part
POSITIVES = 60  # positives among the rows, 40..200
FOLDS = 5  # folds, 3..10
SEED = 0  # random seed, 0..9999
ROWS = 1200  # rows of the table, 800..3000

rng = np.random.default_rng(SEED)


def draw(n, positives):
    y = (np.arange(n) < positives).astype(int)
    return rng.normal(size=(n, 5)) + 0.6 * y[:, None], y


def oversample(X, y):
    """Repeat positives by chance until both classes have the same size."""
    more = rng.choice(np.flatnonzero(y == 1), (y == 0).sum() - (y == 1).sum())
    rows = np.r_[np.arange(len(y)), more]
    return X[rows], y[rows]


def cross_validated(X, y):
    fold = rng.permutation(np.arange(len(y)) % FOLDS)
    scores = []
    for k in range(FOLDS):
        X_fit, y_fit = X[fold != k], y[fold != k]
        if not BEFORE:
            X_fit, y_fit = oversample(X_fit, y_fit)
        tree = DecisionTreeClassifier(random_state=SEED).fit(X_fit, y_fit)
        guess = tree.predict(X[fold == k])
        scores.append([f1_score(y[fold == k], guess), guess[y[fold == k] == 1].mean()])
    return np.mean(scores, axis=0)


X, y = draw(ROWS, POSITIVES)
f1, recall = cross_validated(*(oversample(X, y) if BEFORE else (X, y)))
tree = DecisionTreeClassifier(random_state=SEED).fit(*oversample(X, y))
X_new, y_new = draw(20 * ROWS, 20 * POSITIVES)  # the same share of positives as in reality
guess = tree.predict(X_new)
f1_new, recall_new = f1_score(y_new, guess), guess[y_new == 1].mean()

print("oversampled", "before the split" if BEFORE else "inside each fold")
print("                   F1   recall")
print(f"cross-validated {f1:5.2f} {recall:8.2f}")
print(f"new rows        {f1_new:5.2f} {recall_new:8.2f}")
assert f1 > f1_new + 0.5 and recall > recall_new + 0.5, "the estimate is not inflated: nothing leaked"
