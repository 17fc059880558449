"""The score of one model trained on through all folds, of a fresh one a fold, and of nearest neighbours, 12 seeds."""
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier

digits, labels = load_digits(return_X_y=True)


def train(model, X, y):
    for _ in range(40):
        model.partial_fit(X, y, classes=np.arange(10))
    return model


def of_seed(seed, rate):
    rows = np.random.default_rng(seed).choice(len(digits), 400, replace=False)
    X, y = digits[rows] / 16, labels[rows]
    scores, one = [], MLPClassifier(32, learning_rate_init=rate, random_state=seed)
    for fit, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(X, y):
        fresh = train(MLPClassifier(32, learning_rate_init=rate, random_state=seed), X[fit], y[fit])
        one = train(one, X[fit], y[fit])
        near = KNeighborsClassifier(1).fit(X[fit], y[fit])
        scores.append([model.score(X[test], y[test]) for model in (one, fresh, near)])
    return np.mean(scores, axis=0)


tried = [np.array([of_seed(seed, rate) for seed in range(12)]) for rate in (0.01, 0.003)]
for column, rival in enumerate(("one model for all folds", "fresh model a fold", "nearest neighbour")):
    best = max((found[:, column] for found in tried), key=np.mean)
    print(f"{rival}: {' '.join(f'{value:.4f}' for value in best)}")
