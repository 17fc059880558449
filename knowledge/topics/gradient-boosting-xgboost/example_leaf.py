"""XGBoost's leaf weight -G/(H+lambda) and split gain, by hand; scikit-learn's histogram booster cuts the same."""
import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier

LAMBDA = 1.0  # L2 penalty on leaf weights, 0.0..50.0
GAMMA = 0.0  # price of one more leaf, 0.0..50.0
SHRINK = 1.0  # factor on the leaf weight: 1 is the minimum of the second-order objective, 0.5..1.5

X, digit = load_digits(return_X_y=True)  # pixels from 0 to 16: few enough values that no bin loses any
y = (digit >= 5).astype(float)
p = np.full(len(y), y.mean())  # first round: everybody gets the base rate
g, h = p - y, p * (1 - p)  # first and second derivative of log loss in the score


def weight(G, H):
    return -SHRINK * G / (H + LAMBDA)


def objective(w, G, H):
    """Second-order loss of a leaf that adds w to the scores of its rows."""
    return G * w + 0.5 * (H + LAMBDA) * w**2


def gain(GL, HL, GR, HR):
    G, H = GL + GR, HL + HR
    return 0.5 * (GL**2 / (HL + LAMBDA) + GR**2 / (HR + LAMBDA) - G**2 / (H + LAMBDA)) - GAMMA


best = (-np.inf, None, None, None)
for feature in range(X.shape[1]):
    for cut in np.unique(X[:, feature])[:-1]:
        left = X[:, feature] <= cut
        if min(left.sum(), (~left).sum()) < 20:  # scikit-learn's least leaf
            continue
        sums = g[left].sum(), h[left].sum(), g[~left].sum(), h[~left].sum()
        if gain(*sums) > best[0]:
            best = gain(*sums), feature, cut, sums
value, feature, cut, (GL, HL, GR, HR) = best
wL, wR = weight(GL, HL), weight(GR, HR)
before = objective(weight(GL + GR, HL + HR), GL + GR, HL + HR)
fall = before - objective(wL, GL, HL) - objective(wR, GR, HR) - GAMMA

model = HistGradientBoostingClassifier(
    max_iter=1, max_leaf_nodes=2, learning_rate=1.0, l2_regularization=LAMBDA, early_stopping=False
).fit(X, y)
scores = model.decision_function(X) - np.log(y.mean() / (1 - y.mean()))
theirs = scores[X[:, feature] <= cut], scores[X[:, feature] > cut]

print(f"best split: pixel {feature} <= {cut:.0f}, gain {value:.3f}")
print(f"fall of the objective, leaf by leaf: {fall:.3f}")
print(f"leaf weights here:  {wL:.4f} {wR:.4f}")
print(f"scikit-learn:       {theirs[0].mean():.4f} {theirs[1].mean():.4f}")
assert np.isclose(value, fall), "the gain is not the fall of the objective"
assert np.ptp(theirs[0]) < 1e-6 and np.ptp(theirs[1]) < 1e-6, "scikit-learn cuts elsewhere"
assert np.allclose([wL, wR], [theirs[0].mean(), theirs[1].mean()], atol=1e-5), "the leaf weights differ"
