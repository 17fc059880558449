"""A denoising autoencoder: noise on the input, the clean image as the target."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor

NOISE = 0.3  # standard deviation of the noise; pixels lie in 0..1, 0.1..0.6
TARGET = "clean"  # what the output is compared with: one of clean, noisy
EPOCHS = 30  # passes over the training images, 10..150
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
X = (load_digits().data / 16).astype("float32")
train, test = train_test_split(X, test_size=0.2, random_state=SEED)

def noisy(images):
    return images + NOISE * rng.standard_normal(images.shape, "float32")

net = MLPRegressor(hidden_layer_sizes=128, learning_rate_init=3e-3, batch_size=64, random_state=SEED)  # no bottleneck
for _ in range(EPOCHS):
    seen = noisy(train)  # fresh noise in every epoch: nothing to memorise
    net.partial_fit(seen, train if TARGET == "clean" else seen)

spoilt = noisy(test)
def error(images):
    return ((images - test) ** 2).mean()
pcas = [PCA(k).fit(noisy(train)) for k in range(4, 33, 4)]
projections = [p.inverse_transform(p.transform(spoilt)) for p in pcas]
best = min(projections, key=error)  # generous to PCA: its size is chosen on the test images
cleaned = net.predict(spoilt)
print(f"mean squared error on {len(test)} held-out digits")
for name, images in (("noisy input", spoilt), ("best PCA projection", best), ("autoencoder", cleaned)):
    print(f"  {name:20}{error(images):.4f}")
fig, axes = plt.subplots(4, 1, figsize=(8, 4.8), layout="constrained")
names = ("original", "with noise", "best PCA projection", f"autoencoder, trained on {TARGET} targets")
for ax, name, images in zip(axes, names, (test, spoilt, best, cleaned)):
    tiles = np.pad(images[:10].reshape(10, 8, 8), ((0, 0), (1, 1), (1, 1)), constant_values=0.5)
    ax.imshow(np.hstack(tiles), cmap="gray", vmin=0, vmax=1)
    ax.set(xticks=[], yticks=[])
    ax.set_title(name, fontsize=13)
plt.savefig("denoised.png", dpi=140)
assert error(cleaned) < 0.8 * error(best), "no better than projecting the noise away"
