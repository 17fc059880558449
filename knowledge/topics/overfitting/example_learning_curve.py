"""More data closes the gap of a model that overfits, and does not help one that underfits."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import ShuffleSplit, learning_curve
from sklearn.tree import DecisionTreeClassifier

MAX_DEPTH = 30  # depth of the deep tree, 1..30
SPLITS = 5  # random training/validation splits, 3..20
SEED = 0  # random seed, 0..9999
SIZES = [50, 100, 200, 400, 800, 1200]

X, y = load_digits(return_X_y=True)
splits = ShuffleSplit(SPLITS, test_size=0.3, random_state=SEED)
plt.rcParams["font.size"] = 14
fig, ax = plt.subplots(figsize=(8.4, 5.6), layout="constrained")
train, val = {}, {}
for name, depth, colour in [("deep", MAX_DEPTH, "tab:blue"), ("shallow", 2, "tab:orange")]:
    model = DecisionTreeClassifier(max_depth=depth, random_state=SEED)
    _, train_scores, val_scores = learning_curve(model, X, y, train_sizes=SIZES, cv=splits)
    train[name], val[name] = train_scores.mean(axis=1), val_scores.mean(axis=1)
    ax.plot(SIZES, train[name], "o--", lw=2, color=colour, label=f"{name} tree, training")
    ax.plot(SIZES, val[name], "o-", lw=3, color=colour, label=f"{name} tree, validation")
ax.set(xlabel="training images", ylabel="accuracy", ylim=(0, 1.05))
ax.legend(loc="center right")
fig.savefig("learning_curve.png", dpi=140)

print("        deep tree    shallow tree")
print("images  train   val  train   val")
for i, n in enumerate(SIZES):
    print(f"{n:6} {train['deep'][i]:6.2f} {val['deep'][i]:5.2f} {train['shallow'][i]:6.2f} {val['shallow'][i]:5.2f}")

gap = train["deep"] - val["deep"]
print(f"gap of the deep tree: {gap[0]:.2f} -> {gap[-1]:.2f}")
assert val["deep"][-1] - val["deep"][0] > 0.2, "more data should help the model that overfits"
assert train["deep"].min() > 0.95, "the deep tree should know its training images by heart"
assert gap[-1] < 0.6 * gap[0], "more data should close the gap"
assert val["shallow"][-1] < 0.5, "no amount of data should save the model that underfits"
