"""Batch normalization by hand gives what Keras gives, in training and in inference."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
from sklearn.datasets import load_wine
from tensorflow import keras

EPSILON = 1e-3  # added to the variance; Keras's default is 1e-3, 0.00001..0.1
MOMENTUM = 0.99  # weight of the old moving average, 0.0..0.999
BATCH_SIZE = 32  # rows in a batch, 4..128
BATCHES = 200  # training batches, 20..400
SEED = 0  # random seed, 0..9999


def normalize(x, mean, var, gamma, beta):
    return gamma * (x - mean) / np.sqrt(var + EPSILON) + beta


rng = np.random.default_rng(SEED)
X = load_wine().data  # 13 measurements on very different scales
n, width = X.shape
layer = keras.layers.BatchNormalization(momentum=MOMENTUM, dtype="float64")
layer.build((None, width))
assert np.all(layer.gamma == 1) and np.all(layer.beta == 0), "at the start gamma is 1 and beta 0"
# Other values, so that the check sees the learned scale and shift, too.
gamma, beta = rng.uniform(0.5, 2, width), rng.normal(size=width)
layer.gamma.assign(gamma)
layer.beta.assign(beta)

moving_mean, moving_var = np.zeros(width), np.ones(width)
worst = 0.0
for _ in range(BATCHES):
    batch = X[rng.choice(n, BATCH_SIZE, replace=False)]
    mean, var = batch.mean(axis=0), batch.var(axis=0)  # one pair a feature
    ours = normalize(batch, mean, var, gamma, beta)
    keras_out = np.asarray(layer(batch, training=True))
    worst = max(worst, np.abs(ours - keras_out).max())
    moving_mean = MOMENTUM * moving_mean + (1 - MOMENTUM) * mean
    moving_var = MOMENTUM * moving_var + (1 - MOMENTUM) * var

plain = normalize(batch, mean, var, 1, 0)
print("feature std in one batch")
print(f"  before  {batch.std(axis=0).min():.2f} .. {batch.std(axis=0).max():.0f}")
print(f"  after   {plain.std(axis=0).min():.2f} .. {plain.std(axis=0).max():.2f}  (gamma 1, beta 0)")

# Inference uses the moving averages, so one row alone is fine.
row = X[:1]
ours = normalize(row, moving_mean, moving_var, gamma, beta)
alone = np.asarray(layer(row, training=False))
gap = np.abs(ours - alone).max()
print(f"NumPy against Keras, limit 1e-5\n  training   {worst < 1e-5}\n  inference  {gap < 1e-5}")
undone = normalize(batch, mean, var, np.sqrt(var + EPSILON), mean)
print(f"gamma = std, beta = mean gives x back: {np.allclose(undone, batch)}")
print(f"moving averages have come {1 - MOMENTUM**BATCHES:.0%} of the way")

assert worst < 1e-5, f"training differs from Keras by {worst:.1e}"
assert gap < 1e-5, f"inference differs from Keras by {gap:.1e}"
assert np.allclose(undone, batch), "gamma and beta should be able to undo it"
