"""AdaBoost in 20 lines, with the weights that exponential loss dictates; scikit-learn finds the same ones."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import AdaBoostClassifier
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

ROUNDS = 50  # stumps that are added, 10..200
DEPTH = 1  # depth of each weak learner, 1..2
STEP = 1.0  # share of the best weight that is taken, 0.1..1.0
SEED = 0  # random seed, 0..9999

X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.4, stratify=y, random_state=SEED)
s_train, s_test = 2 * y_train - 1, 2 * y_test - 1  # classes -1 and +1

theirs = AdaBoostClassifier(DecisionTreeClassifier(max_depth=DEPTH), n_estimators=ROUNDS, random_state=SEED)
states = [tree.random_state for tree in theirs.fit(X_train, y_train).estimators_]  # so that ties fall the same way

w = np.full(len(s_train), 1 / len(s_train))
F_train, F_test = np.zeros(len(s_train)), np.zeros(len(s_test))
alphas, errors, bound, losses, after = [], [], 1.0, [], []
for state in states:
    stump = DecisionTreeClassifier(max_depth=DEPTH, random_state=state).fit(X_train, s_train, sample_weight=w)
    h = stump.predict(X_train)
    eps = w[h != s_train].sum()  # weighted error
    alpha = STEP * 0.5 * np.log((1 - eps) / eps)  # the minimum of (1 - eps) e^-a + eps e^a, if STEP is 1
    w = w * np.exp(-alpha * s_train * h)  # wrong ones times e^alpha, right ones times e^-alpha
    bound *= w.sum()
    w /= w.sum()
    after.append(w[h != s_train].sum())
    F_train, F_test = F_train + alpha * h, F_test + alpha * stump.predict(X_test)
    alphas.append(alpha)
    losses.append(np.mean(np.exp(-s_train * F_train)))
    errors.append([np.mean(np.sign(F) != s) for F, s in ((F_train, s_train), (F_test, s_test))])
errors = np.array(errors)

n = 5
print("weights here:       ", np.round(alphas[:n], 4))
print("scikit-learn's half:", np.round(theirs.estimator_weights_[:n] / 2, 4))
print(f"test error: {errors[0, 1]:.3f} with one stump, {errors[-1, 1]:.3f} with {len(states)}")
print(f"training error {errors[-1, 0]:.3f} <= loss {losses[-1]:.4f} = prod Z {bound:.4f}")

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.plot(range(1, len(states) + 1), errors, label=["training error", "test error"])
ax.plot(range(1, len(states) + 1), losses, "--", color="gray", label="exponential loss, bounds training error")
ax.set(xlabel="rounds", ylabel="error", ylim=(0, 0.4))
ax.legend()
fig.savefig("adaboost.png", dpi=140)

assert np.allclose(after, 0.5), "after the update the last learner should be as good as a coin"
assert np.allclose(alphas, theirs.estimator_weights_[: len(alphas)] / 2, atol=1e-6), "weights unlike scikit-learn's"
assert np.isclose(bound, losses[-1]) and errors[-1, 0] <= losses[-1], "the bound does not hold"
assert errors[-1, 1] < errors[0, 1] - 0.01, "boosting did not help"
