"""Regression trees of depth 2 and 15 and the mean of the patients, 12 seeds of ten splits each."""
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.dummy import DummyRegressor
from sklearn.model_selection import ShuffleSplit
from sklearn.tree import DecisionTreeRegressor

X, y = load_diabetes(return_X_y=True)
SEEDS = range(12)


def rmse(model, seed):
    found = []
    for train, test in ShuffleSplit(10, test_size=0.3, random_state=seed).split(X):
        found.append(np.sqrt(np.mean((model(seed).fit(X[train], y[train]).predict(X[test]) - y[test]) ** 2)))
    return np.mean(found)


def deep(leaf):
    return lambda seed: DecisionTreeRegressor(max_depth=15, min_samples_leaf=leaf, random_state=seed)


rivals = {
    "depth 2": [lambda seed: DecisionTreeRegressor(max_depth=2, random_state=seed)],
    "the mean": [lambda seed: DummyRegressor()],
    "depth 15": [deep(1)],
}
for rival, settings in rivals.items():
    best = min(([rmse(model, seed) for seed in SEEDS] for model in settings), key=np.mean)
    print(f"{rival}: {' '.join(f'{value:.2f}' for value in best)}")
