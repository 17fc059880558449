"""CART in 20 lines: try every threshold of every feature, keep the purest split, repeat; scikit-learn grows the same."""
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.tree import DecisionTreeClassifier

CRITERION = "gini"  # impurity to lower: one of gini, entropy, error
DEPTH = 3  # levels of questions, 1..4
SEED = 0  # scikit-learn looks at features in random order: ties, 0..9999

data = load_breast_cancer()
X, y = data.data, data.target


def impurity(p):
    """Impurity of a node in which a share p is of class 1; works on arrays."""
    if CRITERION == "gini":
        return 2 * p * (1 - p)
    if CRITERION == "entropy":
        q = np.clip(p, 1e-12, 1 - 1e-12)
        return -q * np.log2(q) - (1 - q) * np.log2(1 - q)
    return np.minimum(p, 1 - p)  # share of errors if the majority is predicted


def best_split(rows):
    """Return impurity decrease, feature and threshold of the best question for these rows."""
    best = (0.0, None, None)
    n = np.arange(1, len(rows))  # how many rows go left
    for feature in range(X.shape[1]):
        order = rows[np.argsort(X[rows, feature], kind="stable")]
        x, ones = X[order, feature], np.cumsum(y[order])
        left, right = ones[:-1] / n, (ones[-1] - ones[:-1]) / n[::-1]
        after = (n * impurity(left) + n[::-1] * impurity(right)) / len(rows)
        gain = np.where(x[1:] > x[:-1], impurity(ones[-1] / len(rows)) - after, 0)  # only between different values
        at = gain.argmax()
        if gain[at] > best[0] + 1e-12:
            best = gain[at], feature, (x[at] + x[at + 1]) / 2
    return best


def grow(rows, depth):
    """Return the list of (gain, feature, threshold) in the order in which scikit-learn numbers its nodes."""
    gain, feature, cut = best_split(rows) if depth and len(rows) > 1 else (0, None, None)
    if feature is None:
        return []
    print(f"{'  ' * (DEPTH - depth)}{data.feature_names[feature]} <= {cut:.4g}  n={len(rows)} gain={gain:.3f}")
    left = X[rows, feature] <= cut
    return [(gain, feature, cut), *grow(rows[left], depth - 1), *grow(rows[~left], depth - 1)]


mine = grow(np.arange(len(X)), DEPTH)
name = "entropy" if CRITERION == "entropy" else "gini"
tree = DecisionTreeClassifier(criterion=name, max_depth=DEPTH, random_state=SEED).fit(X, y).tree_
n, inner = tree.weighted_n_node_samples, np.flatnonzero(tree.feature >= 0)
a, b = tree.children_left[inner], tree.children_right[inner]
gains = tree.impurity[inner] - (n[a] * tree.impurity[a] + n[b] * tree.impurity[b]) / n[inner]
assert len(mine) == len(inner), "the two trees have different shapes"
equal = [f == g and np.isclose(c, d) for (_, f, c), g, d in zip(mine, tree.feature[inner], tree.threshold[inner])]
print(f"scikit-learn: {sum(equal)} of {len(mine)} the same, others of equal gain")
assert equal[0] and np.allclose([gain for gain, _, _ in mine], gains), "the two trees ask different questions"
