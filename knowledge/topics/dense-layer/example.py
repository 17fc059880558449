"""A dense layer is act(xW + b): the product by hand gives what a trained network gives."""

import warnings

import numpy as np
from scipy.special import softmax
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

HIDDEN = 32  # units in the hidden layer, 2..128
ACTIVATION = "relu"  # activation of the hidden layer by hand: one of relu, identity
EPOCHS = 20  # passes over the data, 5..60
SEED = 0  # random seed, 0..9999


def relu(z):
    return np.maximum(z, 0)


def identity(z):
    return z


def dense(x, W, b, act):
    """x is (batch, in), W is (in, out), b is (out,); the result is (batch, out)."""
    return act(x @ W + b)


X, y = load_digits(return_X_y=True)
X = X / 16
net = MLPClassifier((HIDDEN,), activation="relu", max_iter=EPOCHS, learning_rate_init=0.005, random_state=SEED)
with warnings.catch_warnings():
    warnings.simplefilter("ignore", ConvergenceWarning)  # a short training is enough here
    net.fit(X[:1400], y[:1400])
(W1, W2), (b1, b2) = net.coefs_, net.intercepts_

x = X[1400:]  # 397 images that the network has not seen
h = dense(x, W1, b1, relu if ACTIVATION == "relu" else identity)
p = dense(h, W2, b2, lambda z: softmax(z, axis=1))
print("layer    x          W         b      out        parameters")
for name, a, W, b, out in (("hidden", x, W1, b1, h), ("output", h, W2, b2, p)):
    print(f"{name}  {a.shape!s:9}  {W.shape!s:8}  {b.shape!s:5}  {out.shape!s:9}  {W.size + b.size:6}")

in_all = sum(a.size for a in net.coefs_ + net.intercepts_)
gap = np.abs(p - net.predict_proba(x)).max()
print(f"\nby hand equals predict_proba: {gap < 1e-10}")
print(f"accuracy by hand: {(p.argmax(axis=1) == y[1400:]).mean():.2f}")

# One unit of one image, as a plain loop: a weighted sum of ALL 64 pixels.
z = b1[0]
for i in range(64):
    z += x[0, i] * W1[i, 0]
print(f"unit 0 of image 0: loop {z:.3f}, product {(x @ W1 + b1)[0, 0]:.3f}")

assert np.isclose(z, (x @ W1 + b1)[0, 0]), "the loop and the product should agree"
assert in_all == (64 * HIDDEN + HIDDEN) + (HIDDEN * 10 + 10), "in*out + out parameters in each layer"
assert gap < 1e-10, f"differs from the trained network by {gap:.2f}"
