"""Information gain adores an ID column: each value has one row, so each leaf is pure; gain ratio charges for that."""
import numpy as np

VALUES = 200  # distinct values of the useless column; as many as rows make it an ID, 2..200
SIGNAL = 0.85  # how often the useful column agrees with the label, 0.7..0.95
SEED = 0  # random seed, 0..9999
ROWS = 200  # rows of the table, 100..200

rng = np.random.default_rng(SEED)


def table():
    label = np.tile([0, 1], ROWS // 2)
    useful = np.where(rng.random(ROWS) < SIGNAL, label, 1 - label)
    return rng.permutation(np.arange(ROWS) % VALUES), useful, label  # the first knows nothing of the label


def entropy(column):
    p = np.unique(column, return_counts=True)[1] / len(column)
    return -np.sum(p * np.log2(p))


def scores(column, label):
    """Information gain, gain ratio and decrease of Gini impurity for one branch per value."""
    def gini(y):
        return 1 - np.sum((np.bincount(y, minlength=2) / len(y)) ** 2)

    parts = [label[column == value] for value in np.unique(column)]
    share = [len(part) / len(label) for part in parts]
    gain = entropy(label) - sum(s * entropy(part) for s, part in zip(share, parts))
    drop = gini(label) - sum(s * gini(part) for s, part in zip(share, parts))
    return gain, gain / entropy(column), drop


def accuracy(train, new, label, new_label):
    """A one-level tree: predict each value's majority label; a value never seen gets class 0."""
    majority = {value: round(label[train == value].mean()) for value in np.unique(train)}
    return np.mean([majority.get(value, 0) == y for value, y in zip(new, new_label)])


useless, useful, label = table()
_, new_useful, new_label = table()
# New rows have new IDs; a column of few values has the same values again.
new_useless = rng.integers(0, VALUES, ROWS) + (ROWS if VALUES >= ROWS else 0)
print("          gain  ratio   Gini drop  train  new rows")
found = {}
for name, column, new in (("useless", useless, new_useless), ("useful", useful, new_useful)):
    fit = accuracy(column, column, label, label), accuracy(column, new, label, new_label)
    found[name] = *scores(column, label), *fit
    print("{:8} {:5.3f} {:6.3f} {:11.3f} {:6.2f} {:9.2f}".format(name, *found[name]))

bad, good = found["useless"], found["useful"]
assert bad[0] > good[0], "information gain should prefer the useless column"
assert bad[2] > good[2], "so should Gini, if every value has its own branch"
assert bad[1] < good[1], "gain ratio should prefer the useful column"
assert bad[4] < 0.65 < good[4], "the useless column should fail on new rows"
