"""Width and activation of a dense layer against its parameters and validation score."""

import warnings

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.neural_network import MLPClassifier

ACTIVATION = "relu"  # activation of the hidden layer: one of relu, tanh, identity
WIDTHS = (2, 8, 32, 128)  # units in the hidden layer, 1..256
EPOCHS = 25  # passes over the data, 20..60
LEARNING_RATE = 0.02  # step size of Adam, 0.005..0.03
SEED = 0  # random seed, 0..9999

X, digit = load_digits(return_X_y=True)
X, y = X / 16, digit % 2  # odd or even: no straight cut through the pixels will do
folds = StratifiedKFold(3, shuffle=True, random_state=SEED)


def score(width, activation):
    """Return mean training score, mean and std of the validation score."""
    net = MLPClassifier((width,), activation=activation, max_iter=EPOCHS, batch_size=200,
                        learning_rate_init=LEARNING_RATE, random_state=SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the number of epochs is fixed
        result = cross_validate(net, X, y, cv=folds, return_train_score=True)
    return result["train_score"].mean(), result["test_score"].mean(), result["test_score"].std()


parameters = np.array([64 * w + w + w * 1 + 1 for w in WIDTHS])
train, val, std = np.array([score(w, ACTIVATION) for w in WIDTHS]).T
_, linear, _ = score(WIDTHS[-1], "identity")
print(f"hidden: {ACTIVATION}, output: 1 sigmoid unit\nwidth  parameters  train  validation")
for row in zip(WIDTHS, parameters, train, val, std):
    print("{:5}  {:10}  {:5.3f}  {:5.3f} ± {:.3f}".format(*row))
print(f"no activation, width {WIDTHS[-1]}:    {linear:5.3f}")
enough = np.flatnonzero(val >= val.max() - 0.01)[0]
print(f"narrowest within 0.01 of the best: {WIDTHS[enough]}")

plt.rcParams["font.size"] = 14
fig, ax = plt.subplots(figsize=(10, 5.8), layout="constrained")
ax.plot(parameters, train, "s--", lw=2, label=f"training, {ACTIVATION}")
ax.errorbar(parameters, val, std, fmt="o-", lw=3, capsize=5, label=f"validation, {ACTIVATION}")
ax.axhline(linear, color="grey", ls=":", lw=3, label="validation, no activation")
ax.set(xscale="log", xlabel="parameters (66 · width + 1)", ylabel="accuracy", title="odd or even? one hidden layer")
ax.legend(loc="center right")
fig.savefig("width.png", dpi=110)

assert val[-1] - linear > 0.04, "with an activation the wide layer should beat the linear one"
assert val[-1] - val[0] > 0.04, "the narrowest layer should not be enough"
assert val[-1] - val[-2] < 0.025, "the last widening should bring little"
