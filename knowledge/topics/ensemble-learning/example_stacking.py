"""Stacking on training predictions trusts the model that knows them by heart; out-of-fold predictions do not lie."""
import numpy as np
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict, train_test_split
from sklearn.tree import DecisionTreeClassifier

OUT_OF_FOLD = True  # False: the second level learns from predictions of rows that the first level was fitted to
NOISE = 0.1  # share of labels drawn anew by chance, 0.0..0.3
REPEATS = 10  # data sets, 10..40
SEED = 0  # random seed, 0..9999

bases = {"tree": DecisionTreeClassifier(random_state=SEED), "logistic": LogisticRegression(max_iter=1000)}
scores, weights = [], []
for repeat in range(REPEATS):
    seed = SEED * 100 + repeat
    X, y = make_classification(900, 10, n_informative=4, n_redundant=2, flip_y=NOISE, random_state=seed)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, random_state=seed)
    first, second = [], []
    for model in bases.values():
        if OUT_OF_FOLD:
            first.append(cross_val_predict(model, X_train, y_train, cv=5, method="predict_proba")[:, 1])
            model.fit(X_train, y_train)
        else:
            first.append(model.fit(X_train, y_train).predict_proba(X_train)[:, 1])
        second.append(model.predict_proba(X_test)[:, 1])
    stack = LogisticRegression().fit(np.column_stack(first), y_train)
    single = [np.mean((p > 0.5) == y_test) for p in second]
    scores.append([*single, np.mean((np.mean(second, axis=0) > 0.5) == y_test), stack.score(np.column_stack(second), y_test)])
    weights.append(stack.coef_[0])

tree, logistic, mean, stacked = np.mean(scores, axis=0)
print("training predictions:", "out of fold" if OUT_OF_FOLD else "in sample")
print("weights of the second level: tree {:.1f}, logistic {:.1f}".format(*np.mean(weights, axis=0)))
print("test accuracy")
for name, score in (("tree", tree), ("logistic", logistic), ("mean of both", mean), ("stacked", stacked)):
    print(f"  {name:13} {score:.3f}")
assert stacked > max(tree, logistic) + 0.005, "stacking should beat the better of the two"
