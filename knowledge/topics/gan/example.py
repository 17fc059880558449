"""A small GAN learns to draw digits: G never sees a real one, only the verdict of D."""
import os
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg")
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier
from tensorflow.keras import Sequential, layers, losses, optimizers, utils

STEPS = 1000  # training steps, each one D update and one G update, 300..3000
LEARNING_RATE = 5e-4  # Adam's step size for both nets, 0.0002..0.002
TRAIN_D = True  # False: D is never updated, as in many broken tutorials
SEED = 0  # random seed, 0..9999

utils.set_random_seed(SEED)
X, digit = load_digits(return_X_y=True)
X = (X / 8 - 1).astype("float32")  # pixels in −1..1, the range of tanh
judge = KNeighborsClassifier(1).fit(X, digit)  # plays no part in training
G = Sequential([layers.Dense(128), layers.BatchNormalization(), layers.ReLU(),
                layers.Dense(128), layers.BatchNormalization(), layers.ReLU(), layers.Dense(64, "tanh")])
D = Sequential([layers.Dense(128), layers.LeakyReLU(), layers.Dropout(0.3),  # dropout holds D back
                layers.Dense(128), layers.LeakyReLU(), layers.Dropout(0.3), layers.Dense(1)])  # a logit
opt_d, opt_g = (optimizers.Adam(LEARNING_RATE, beta_1=0.5) for _ in range(2))
bce = losses.BinaryCrossentropy(from_logits=True)  # applies the sigmoid

@tf.function
def step():
    noise, pick = tf.random.normal([64, 16]), tf.random.uniform([64], 0, len(X), tf.int32)
    with tf.GradientTape() as tape:  # D: real → 0.9 (one-sided smoothing), fake → 0
        on_real, on_fake = D(tf.gather(X, pick), training=True), D(G(noise, training=True), training=True)
        loss_d = bce(tf.fill([64, 1], 0.9), on_real) + bce(tf.zeros([64, 1]), on_fake)
    if TRAIN_D:
        opt_d.apply(tape.gradient(loss_d, D.trainable_variables), D.trainable_variables)
    with tf.GradientTape() as tape:  # G: make the new D answer "real" (non-saturating loss)
        loss_g = bce(tf.ones([64, 1]), D(G(noise, training=True), training=True))
    opt_g.apply(tape.gradient(loss_g, G.trainable_variables), G.trainable_variables)
    return loss_d, loss_g

def distance(images, rank=1):  # mean distance to the nearest real digit
    return judge.kneighbors(images, rank)[0][:, -1].mean()

z = tf.random.normal([500, 16])  # fixed noise, to watch the same samples improve
first = G(z).numpy()
print(f"step    0: distance to real digits {distance(first):.1f}", flush=True)
for i in range(1, STEPS + 1):
    loss_d, loss_g = step()
    if i % (STEPS // 5) == 0:
        print(f"step {i:4}: {distance(G(z)):.1f}   loss D {loss_d:.1f}, G {loss_g:.1f}", flush=True)
last, between_real = G(z).numpy(), distance(X, rank=2)  # rank 1 is the image itself
drawn = (np.bincount(judge.predict(last), minlength=10) >= 5).sum()
print(f"real to real: {between_real:.1f}\nkinds of digit drawn: {drawn} of 10")
fig, axes = plt.subplots(1, 3, figsize=(9, 3.4), layout="constrained")
for ax, images, title in zip(axes, (first, last, X), ("G at step 0", f"G at step {STEPS}", "real digits")):
    tiles = np.pad(images[:49].reshape(7, 7, 8, 8), ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-1)
    ax.imshow(tiles.swapaxes(1, 2).reshape(70, 70), cmap="gray", vmin=-1, vmax=1)
    ax.set(title=title, xticks=[], yticks=[])
plt.savefig("samples.png", dpi=140)
assert distance(last) < 0.6 * distance(first), "the samples did not come close to real digits"
assert distance(last) > between_real and drawn >= 8, "copies, or mode collapse: too few kinds of digit"
