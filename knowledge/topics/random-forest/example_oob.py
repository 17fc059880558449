"""Out-of-bag error is a test error for free: each row is judged by the trees that never saw it."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

COPIES = 1  # how often each training row stands in the table, 1..5
TREES = 100  # trees in the forest, 50..200
SEED = 0  # random seed, 0..9999

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, stratify=y, random_state=SEED)
X_train, y_train = np.repeat(X_train, COPIES, axis=0), np.repeat(y_train, COPIES)
n, rng = len(y_train), np.random.default_rng(SEED)

votes_train, votes_oob, votes_test = np.zeros((n, 10)), np.zeros((n, 10)), np.zeros((len(y_test), 10))
curve, out = [], []
for t in range(TREES):
    rows = rng.integers(0, n, n)
    unseen = np.ones(n, bool)
    unseen[rows] = False
    out.append(unseen.mean())
    tree = DecisionTreeClassifier(max_features="sqrt", random_state=t).fit(X_train[rows], y_train[rows])
    p = tree.predict_proba(X_train)
    votes_train += p
    votes_oob[unseen] += p[unseen]
    votes_test += tree.predict_proba(X_test)
    judged = votes_oob.sum(axis=1) > 0  # rows that some tree has left out
    curve.append([
        np.mean(votes_train.argmax(axis=1) != y_train),
        np.mean(votes_oob.argmax(axis=1)[judged] != y_train[judged]),
        np.mean(votes_test.argmax(axis=1) != y_test),
    ])
curve = np.array(curve)

print(f"out of bag: {np.mean(out):.3f} of the rows for each tree (1/e = 0.368)")
print("trees  training    OOB   test")
for t in (1, 5, 20, TREES):
    print("{:5} {:9.3f} {:6.3f} {:6.3f}".format(t, *curve[t - 1]))

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.plot(range(1, TREES + 1), curve, label=["training", "out of bag", "test"])
ax.set(xlabel="trees", ylabel="error rate", ylim=(-0.01, 0.4))
ax.legend()
fig.savefig("oob.png", dpi=140)

train, oob, test = curve[-1]
assert train < 0.005 < test, "training error should say nothing of the test error"
assert -0.015 < oob - test < 0.03, "out-of-bag error is not near the test error"
assert test < curve[0, 2] / 3, "the forest should make far fewer errors than one tree"
