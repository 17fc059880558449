"""Six losses by hand, in eight forms of output and label, checked against Keras."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
from scipy.special import expit, log_softmax, softmax
from sklearn.metrics import log_loss
from tensorflow.keras import losses

SIGNED = True  # hinge with labels -1 and +1; False: puts 0 and 1 straight into the formula
ROWS = 50  # samples, 5..1000
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
y, guess = rng.normal(size=(ROWS, 1)), rng.normal(size=(ROWS, 1))  # regression
z = rng.normal(0, 2, (ROWS, 1))  # one logit a row: two classes
label = rng.integers(0, 2, (ROWS, 1))  # 0 or 1
logits = rng.normal(0, 2, (ROWS, 4))  # four logits a row: four classes
index = rng.integers(0, 4, ROWS)  # 0, 1, 2 or 3
one_hot = np.eye(4)[index]

r = y - guess
p = expit(z)  # sigmoid
sign = 2 * label - 1 if SIGNED else label
cross_entropy = -log_softmax(logits, axis=1)[np.arange(ROWS), index].mean()
by_hand = {
    "MSE": (r**2).mean(),
    "MAE": np.abs(r).mean(),
    "Huber, delta 1": np.where(np.abs(r) <= 1, r**2 / 2, np.abs(r) - 0.5).mean(),
    "binary, from p": -(label * np.log(p) + (1 - label) * np.log(1 - p)).mean(),
    "binary, from logit": (np.maximum(z, 0) - z * label + np.log1p(np.exp(-np.abs(z)))).mean(),
    "classes, one-hot": -(one_hot * np.log(softmax(logits, axis=1))).sum(axis=1).mean(),
    "classes, index": cross_entropy,
    "hinge": np.maximum(0, 1 - sign * z).mean(),
}
keras = {
    "MSE": losses.MeanSquaredError()(y, guess),
    "MAE": losses.MeanAbsoluteError()(y, guess),
    "Huber, delta 1": losses.Huber(delta=1.0)(y, guess),
    "binary, from p": losses.BinaryCrossentropy()(label, p),
    "binary, from logit": losses.BinaryCrossentropy(from_logits=True)(label, z),
    "classes, one-hot": losses.CategoricalCrossentropy(from_logits=True)(one_hot, logits),
    "classes, index": losses.SparseCategoricalCrossentropy(from_logits=True)(index, logits),
    "hinge": losses.Hinge()(label, z),  # Keras turns 0/1 into -1/+1
}
print("loss                by hand   Keras")
for name, value in by_hand.items():
    print(f"{name:18} {value:8.4f} {float(keras[name]):8.4f}")
print(f"sklearn's log_loss  {log_loss(label, p):7.4f}  (binary)")
print(f"                    {log_loss(index, softmax(logits, axis=1), labels=range(4)):7.4f}  (four classes)")
for name, value in by_hand.items():
    assert np.isclose(value, float(keras[name]), rtol=1e-4), f"{name}: {value:.4f}, Keras {float(keras[name]):.4f}"
assert np.isclose(log_loss(label, p), by_hand["binary, from p"]), "log loss should be binary cross-entropy"
