"""Degradation: more plain layers raise even the training loss; with skip connections the same layers train."""
import os
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg")
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

DEPTH = 26  # layers of both deep nets (even); the shallow one has 4, 20..34
SKIP = True  # False: the residual net loses its skip connections
EPOCHS = 12  # passes over the digits, 8..30
SEED = 0  # random seed, 0..9999

RATES = np.array([0.01, 0.03, 0.1, 0.3], "float32")[:, None, None]  # all trained side by side, the best counts
X, digit = load_digits(return_X_y=True)
X, digit = tf.constant(X / 16, tf.float32), np.tile(digit, (len(RATES), 1))

def norm(z):  # batch norm without scale and shift; the axes are rate, sample, unit
    mean, variance = tf.nn.moments(z, 1, keepdims=True)
    return (z - mean) * tf.math.rsqrt(variance + 1e-3)

def forward(x, W, skip):
    h = tf.nn.relu(norm(x @ W[0]))
    for first, second in zip(W[1:-1:2], W[2:-1:2]):  # a block has two layers
        F = norm(tf.nn.relu(norm(h @ first)) @ second)
        h = tf.nn.relu(h + F) if skip else tf.nn.relu(F)
    return h @ W[-1]

def train(depth, skip):
    """Return the training loss (epoch, rate) and the first and last blocks' gradient norms before any update."""
    rng, sizes = np.random.default_rng(SEED), [64] + [32] * (depth - 1) + [10]
    start = [rng.normal(0, np.sqrt(2 / n), (n, m)) for n, m in zip(sizes, sizes[1:])]  # He's weights
    W = [tf.Variable(np.tile(w, (len(RATES), 1, 1)), dtype=tf.float32) for w in start]
    V = [tf.Variable(tf.zeros_like(w)) for w in W]
    @tf.function
    def step(rows):
        with tf.GradientTape() as tape:
            logits, labels = forward(tf.gather(X, rows), W, skip), tf.gather(digit, rows, axis=1)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits), 1)
        gradients = tape.gradient(loss, W)
        for w, v, g in zip(W, V, gradients):
            w.assign_sub(RATES * v.assign(0.9 * v + g))  # SGD with momentum
        return loss, tf.norm(gradients[1][0]), tf.norm(gradients[-2][0])
    steps = [step(rng.permutation(len(X))[:128]) for _ in range(14 * EPOCHS)]
    return np.reshape([loss for loss, *_ in steps], (EPOCHS, 14, -1)).mean(1), np.array(steps[0][1:])

print("                    training loss, gradient norm of\n                    best of rates   first, last block")
plt.rcParams["font.size"] = 12
plt.figure(figsize=(6.4, 5), layout="constrained")
best, nets = [], (("plain", 4, False, "s--"), ("plain", DEPTH, False, "^:"), ("residual", DEPTH, SKIP, "o-"))
for name, depth, skip, style in nets:
    loss, (front, back) = train(depth, skip)
    best.append(loss[-1].min())
    print(f"{name:8} {depth:3} layers {best[-1]:13.3f} {front:12.1f} {back:9.1f}", flush=True)
    plt.semilogy(range(1, EPOCHS + 1), loss[:, loss[-1].argmin()], style, lw=2.5, ms=8, label=f"{name}, {depth} layers")
plt.gca().set(xlabel="epoch", ylabel="training loss")
plt.legend()
plt.savefig("degradation.png", dpi=150)
assert best[1] > 5 * best[0], "the deeper plain net should have the higher training loss"
assert best[2] < best[1] / 3, "skip connections should take most of the degradation away"
