"""Widths of one hidden layer and a linear model, each at its best learning rate, on ten seeds."""
import warnings

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.neural_network import MLPClassifier

warnings.simplefilter("ignore", ConvergenceWarning)
X, digit = load_digits(return_X_y=True)
X, y = X / 16, digit % 2
RATES, SEEDS = (0.005, 0.02), range(10)


def scores(model, seeds):
    return [
        cross_val_score(model(seed), X, y, cv=StratifiedKFold(3, shuffle=True, random_state=seed)).mean()
        for seed in seeds
    ]


found = {}
for width in (32, 128):
    tried = [
        scores(
            lambda seed: MLPClassifier(
                (width,), max_iter=25, batch_size=200, learning_rate_init=rate, random_state=seed  # noqa: B023
            ),
            SEEDS,
        )
        for rate in RATES
    ]
    found[f"{width} units"] = max(tried, key=np.mean)
tried = [scores(lambda seed: LogisticRegression(C=c, max_iter=2000), SEEDS) for c in (0.1, 1, 10)]  # noqa: B023
found["linear model"] = max(tried, key=np.mean)
for rival, values in found.items():
    print(f"{rival}: {' '.join(f'{value:.4f}' for value in values)}")
