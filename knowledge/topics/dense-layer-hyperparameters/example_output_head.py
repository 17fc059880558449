"""The task decides output units and activation; softmax cannot give two labels at once."""

import warnings

import numpy as np
from scipy.special import expit, softmax
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

HEAD = "sigmoid"  # activation of the multi-label output: one of sigmoid, softmax
EPOCHS = 40  # passes over the data, 20..100
SEED = 0  # random seed, 0..9999

digits, digit = load_digits(return_X_y=True)
# Three yes/no labels an image; an 8 is all of them, a 1 none.
labels = np.column_stack([digit % 2 == 0, digit >= 5, np.isin(digit, [0, 6, 8, 9])]).astype(int)
cancer, wine, diabetes = load_breast_cancer(), load_wine(), load_diabetes()
tasks = {
    "yes or no": (MLPClassifier, cancer.data, cancer.target),
    "one of 3": (MLPClassifier, wine.data, wine.target),
    "any of 3": (MLPClassifier, digits, labels),
    "a number": (MLPRegressor, diabetes.data, diabetes.target),
}
warnings.simplefilter("ignore", ConvergenceWarning)  # the number of epochs is fixed
print("task       units  activation  head size (logistic=sigmoid)")
heads = {}
for task, (kind, X, y) in tasks.items():
    X = StandardScaler().fit_transform(X[:1200])
    net = kind(hidden_layer_sizes=(32,), max_iter=EPOCHS, learning_rate_init=0.01, random_state=SEED).fit(X, y[:1200])
    heads[task] = net.n_outputs_, net.out_activation_
    print(f"{task:9}  {net.n_outputs_:5}  {net.out_activation_:10}  {net.coefs_[-1].size + net.intercepts_[-1].size:4}")
    if task == "any of 3":
        several = net

scaler = StandardScaler().fit(digits[:1200])
h = np.maximum(scaler.transform(digits[1200:]) @ several.coefs_[0] + several.intercepts_[0], 0)
z = h @ several.coefs_[1] + several.intercepts_[1]  # logits, shape (597, 3)
p = expit(z) if HEAD == "sigmoid" else softmax(z, axis=1)
right = ((p > 0.5) == labels[1200:]).all(axis=1)
print(f"\nany of 3, {HEAD}: all labels right on {right.mean():.2f} of new images")
eight = digit[1200:] == 8
print(f"labels found on an 8 (3 are true): {(p[eight] > 0.5).sum(axis=1).mean():.1f}")

assert heads == {"yes or no": (1, "logistic"), "one of 3": (3, "softmax"),
                 "any of 3": (3, "logistic"), "a number": (1, "identity")}, "unexpected head"
assert right.mean() > 0.75, "independent labels need independent sigmoids"
