"""Two features that tell nothing alone and much together: a filter misses them, permutation importance finds them."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import f_classif, mutual_info_classif
from sklearn.inspection import permutation_importance
from sklearn.model_selection import train_test_split

INTERACTION = 2.0  # effect of the sign of a·b, 0..4
LINEAR = 1.5  # effect of the linear feature, 0..4
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
n = 1000
linear, a, b = rng.standard_normal((3, n))
chance = 1 / (1 + np.exp(-LINEAR * linear - INTERACTION * np.sign(a * b)))
y = (rng.random(n) < chance).astype(int)
copy = linear + 0.1 * rng.standard_normal(n)
noise = rng.standard_normal((n, 3))

def permuted(X):
    """Drop in held-out accuracy when one column is shuffled."""
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.4, random_state=SEED)
    forest = RandomForestClassifier(60, min_samples_leaf=5, random_state=SEED).fit(X_train, y_train)
    return permutation_importance(forest, X_test, y_test, n_repeats=5, random_state=SEED).importances_mean

names = ["linear", "a", "b", "noise 1", "noise 2", "noise 3"]
X = np.column_stack([linear, a, b, noise])
f = f_classif(X, y)[0]
information = mutual_info_classif(X, y, random_state=SEED)
drop = permuted(X)
with_copy = permuted(np.column_stack([X, copy]))

print("feature   F value  mutual info  permutation  with a copy")
for row in zip(names, f, information, drop, with_copy):
    print("{:8} {:8.1f} {:12.3f} {:12.3f} {:12.3f}".format(*row))
print(f"copy of linear {with_copy[-1]:39.3f}")

at = np.arange(len(names))
plt.bar(at - 0.2, f / f.max(), 0.4, label="F value (of the largest)")
plt.bar(at + 0.2, drop / drop.max(), 0.4, label="permutation importance (of the largest)")
plt.xticks(at, names)
plt.ylim(top=1.3)
plt.legend(loc="upper right")
plt.savefig("importance.png", dpi=150)

assert f[1:3].max() < 0.15 * f[0], "a filter does see a and b on their own"
assert drop[1:3].min() > 3 * max(drop[3:].max(), 0.005), "a and b are no use to the forest"
assert with_copy[0] < 0.75 * drop[0], "the copy does not share the importance"
