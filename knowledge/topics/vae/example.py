"""A small VAE: encode to a Gaussian, sample from it, decode; then walk through its two latent numbers."""
import os
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg")
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import Input, Sequential, layers, optimizers, utils
from scipy.special import logit, ndtri
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

STEPS = 1500  # training steps of 128 images, 500..6000
KL_WEIGHT = 1.0  # 1 is the ELBO, more is a beta-VAE, 0.1..100
SEED = 0  # random seed, 0..9999

utils.set_random_seed(SEED)
X, y = load_digits(return_X_y=True)
X = (X / 16).astype("float32")  # a grey level is read as the probability of a lit pixel
train, test, y, y_test = train_test_split(X, y, test_size=0.2, random_state=SEED)
encoder, decoder = (Sequential([Input([size]), layers.Dense(128, "relu"), layers.Dense(128, "relu"), layers.Dense(out)])
                    for size, out in ((64, 4), (2, 64)))  # 4: mu and log var of two numbers; 64 logits
weights = encoder.trainable_variables + decoder.trainable_variables
adam = optimizers.Adam(optimizers.schedules.CosineDecay(3e-3, STEPS))

def bce(x, logits):  # SUMMED over the pixels, then averaged over the images
    return tf.reduce_mean(tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(x, logits), 1))

def terms(x):
    mu, log_var = tf.split(encoder(x), 2, axis=1)
    z = mu + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mu))  # the gradient reaches mu and log_var
    kl = -0.5 * tf.reduce_sum(1 + log_var - mu**2 - tf.exp(log_var), axis=1)  # to N(0, I)
    return bce(x, decoder(z)), tf.reduce_mean(kl)

@tf.function
def step():
    with tf.GradientTape() as tape:
        pixels, kl = terms(tf.gather(train, tf.random.uniform([128], 0, len(train), tf.int32)))
        loss = pixels + KL_WEIGHT * kl  # the negative ELBO where KL_WEIGHT is 1
    adam.apply(tape.gradient(loss, weights), weights)

for _ in range(STEPS):
    step()
pixels, kl = map(float, terms(tf.constant(test)))
blind = float(bce(test, logit(np.clip(train.mean(0), 1e-3, 0.999)) + 0 * test))  # the best without z
grid = ndtri(np.linspace(0.03, 0.97, 11)).astype("float32")  # steps of equal probability
walk = tf.sigmoid(decoder(np.array([(a, b) for b in grid[::-1] for a in grid]))).numpy()
kinds = len(set(KNeighborsClassifier(1).fit(train, y).predict(walk)))
print(f"held-out digits, nats per image:\n  pixels {pixels:.1f}   KL {kl:.1f}   negative ELBO {pixels + kl:.1f}")
print(f"  without z: {blind:.1f}\nkinds of digit on the walk: {kinds} of 10")
tiles = np.pad(walk.reshape(11, 11, 8, 8), ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=0.4)
fig, (left, right) = plt.subplots(1, 2, figsize=(7.6, 3.9), layout="constrained")
left.imshow(tiles.swapaxes(1, 2).reshape(110, 110), cmap="gray", vmin=0, vmax=1)
left.set(title="decoded from a grid of z", xticks=[], yticks=[], xlabel="$z_1$", ylabel="$z_2$")
dots = right.scatter(*encoder(test).numpy()[:, :2].T, c=y_test, cmap="tab10", s=14)
right.set(title="where held-out digits are encoded", xlabel="$\\mu_1$", ylabel="$\\mu_2$")
fig.legend(*dots.legend_elements(), loc="outside right center")
plt.savefig("walk.png", dpi=170)
assert kl > 1 and pixels + kl < blind - 1.5, "posterior collapse: z says nothing about the image"
assert kinds >= 6, "the walk passes too few kinds of digit"
