"""Backpropagation through any depth in a ten-line loop: the same gradients as TensorFlow's tape."""

import os
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
from scipy.special import softmax
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

UPDATE_EARLY = False  # True: changes each weight before the error has passed back through it
LEARNING_RATE = 0.5  # of plain gradient descent, 0.05..1
STEPS = 200  # full-batch steps of training, 50..1000
SEED = 0  # random seed, 0..9999
digits, labels = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(digits / 16, labels, test_size=0.25, random_state=SEED)
rng, sizes = np.random.default_rng(SEED), [64, 48, 32, 10]
W = [rng.normal(0, np.sqrt(2 / n), (n, m)) for n, m in zip(sizes, sizes[1:])]  # He
b = [rng.normal(0, 0.1, m) for m in sizes[1:]]

def forward(x):
    """Return the input of every layer, and the logits."""
    a = [x]
    for k in range(len(W)):
        z = a[k] @ W[k] + b[k]
        a.append(np.maximum(z, 0) if k < len(W) - 1 else z)  # no ReLU on the last layer
    return a[:-1], a[-1]

def backward(a, logits):
    """Return dL/dW and dL/db of every layer; changes nothing, unless UPDATE_EARLY."""
    dW, db = [None] * len(W), [None] * len(W)
    delta = (softmax(logits, axis=1) - np.eye(10)[y]) / len(y)  # dL/dz of the last layer
    for k in reversed(range(len(W))):
        dW[k], db[k] = a[k].T @ delta, delta.sum(0)
        if UPDATE_EARLY:
            W[k] -= LEARNING_RATE * dW[k]
        if k > 0:
            delta = delta @ W[k].T * (a[k] > 0)  # ReLU's slope is 1 or 0
    return dW, db

tape_W, tape_b = [tf.Variable(w) for w in W], [tf.Variable(v) for v in b]  # copies, float64
with tf.GradientTape() as tape:
    h = tf.constant(X)
    for k in range(len(W)):
        h = (tf.nn.relu if k < len(W) - 1 else tf.identity)(h @ tape_W[k] + tape_b[k])
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, h))
reference = tape.gradient(loss, tape_W + tape_b)
dW, db = backward(*forward(X))
gaps = [np.abs(mine - theirs).max() / np.abs(theirs).max() for mine, theirs in zip(dW + db, reference)]
for k in range(len(W)):
    print(f"layer {k + 1} {W[k].shape!s:>9}: gap dW {gaps[k]:.0e}, db {gaps[k + len(W)]:.0e}")

for _ in range(STEPS):  # backpropagation only computes; this is the optimiser
    dW, db = backward(*forward(X))
    for k in range(len(W)):
        W[k], b[k] = W[k] - LEARNING_RATE * dW[k], b[k] - LEARNING_RATE * db[k]
accuracy = (forward(X_test)[1].argmax(1) == y_test).mean()
print(f"after {STEPS} steps: test accuracy {accuracy:.2f}")
assert max(gaps) < 1e-9, "the gradients should be those of the tape"
assert accuracy > 0.9, "a net trained with these gradients should read digits"
