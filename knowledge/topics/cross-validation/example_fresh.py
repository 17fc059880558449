"""One model trained on through all folds has seen every held-out row before; each fold needs a fresh one."""

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier

ROWS = 400  # samples of the digits set, 200..1000
FOLDS = 5  # folds, 3..10
PASSES = 40  # passes over the training rows in each fold, 20..100
RESET = False  # True makes the first column train a fresh model per fold, too
SEED = 0  # random seed, 0..9999

X, y = load_digits(return_X_y=True)
rows = np.random.default_rng(SEED).choice(len(X), ROWS, replace=False)
X, y = X[rows] / 16, y[rows]
blank = MLPClassifier(32, learning_rate_init=0.01, random_state=SEED)


def train(model, X, y):
    for _ in range(PASSES):
        model.partial_fit(X, y, classes=np.arange(10))
    return model


reused, fresh = [], []
one = clone(blank)
for fold, (train_on, test_on) in enumerate(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(X, y), 1):
    one = train(clone(blank) if RESET else one, X[train_on], y[train_on])
    reused.append(one.score(X[test_on], y[test_on]))
    fresh.append(train(clone(blank), X[train_on], y[train_on]).score(X[test_on], y[test_on]))
    print(f"fold {fold}: one model for all {reused[-1]:.2f}   fresh model {fresh[-1]:.2f}")
print(f"mean:   one model for all {np.mean(reused):.2f}   fresh model {np.mean(fresh):.2f}")
print(f"after fold 1 the reused model is {np.mean(reused[1:]) - np.mean(fresh[1:]):+.2f} too good")
assert np.isclose(reused[0], fresh[0]), "in the first fold both are new"
assert np.mean(reused[1:]) > np.mean(fresh[1:]) + 0.02, "training on should have leaked the test rows"
