"""Squeeze held-out digits through four numbers: a nonlinear autoencoder against PCA of the same size."""
import os
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg")
import matplotlib.pyplot as plt
import numpy as np
from keras import Input, Model, Sequential, layers, optimizers, utils
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split

BOTTLENECK = 4  # numbers that every image is squeezed into, 1..16
ACTIVATION = "relu"  # of the hidden layers: one of relu, tanh, elu, linear
EPOCHS = 80  # passes over the training images, 20..200
SEED = 0  # random seed, 0..9999

utils.set_random_seed(SEED)
X = (load_digits().data / 16).astype("float32")  # 64 pixels in 0..1
train, test = train_test_split(X, test_size=0.2, random_state=SEED)

def hidden():
    return layers.Dense(128, ACTIVATION)

encoder = Sequential([hidden(), hidden(), layers.Dense(BOTTLENECK)])  # the code itself is linear
decoder = Sequential([hidden(), hidden(), layers.Dense(64)])
image = Input([64])
model = Model(image, decoder(encoder(image)))
decay = optimizers.schedules.CosineDecay(3e-3, EPOCHS * 12)  # 12 batches of 128 an epoch
model.compile(optimizers.Adam(decay), "mse", steps_per_execution=12)
model.fit(train, train, batch_size=128, epochs=EPOCHS, verbose=0)  # the target is the input

pca = PCA(BOTTLENECK).fit(train)
outputs = {
    "the mean image": np.broadcast_to(train.mean(0), test.shape),
    "PCA": pca.inverse_transform(pca.transform(test)),
    "autoencoder": model.predict(test, verbose=0),
}
error = {name: ((out - test) ** 2).mean() for name, out in outputs.items()}
print(f"64 pixels -> {BOTTLENECK} numbers -> 64 pixels\nmean squared error on {len(test)} held-out digits")
for name, value in error.items():
    print(f"  {name:15}{value:.4f}   {1 - value / error['the mean image']:4.0%} of variance kept")
seen = ((model.predict(train, verbose=0) - train) ** 2).mean()
print(f"autoencoder on its training images: {seen:.4f}")

size = f", {BOTTLENECK} numbers"
fig, axes = plt.subplots(3, 1, figsize=(8, 3.6), layout="constrained")
for ax, name in zip(axes, ("original", "autoencoder", "PCA")):
    images = outputs.get(name, test)
    tiles = np.pad(images[:10].reshape(10, 8, 8), ((0, 0), (1, 1), (1, 1)), constant_values=0.5)
    ax.imshow(np.hstack(tiles), cmap="gray", vmin=0, vmax=1)
    ax.set(xticks=[], yticks=[])
    ax.set_title(name + size * (name in outputs), fontsize=13)
plt.savefig("reconstructions.png", dpi=140)
assert error["autoencoder"] < 0.75 * error["PCA"], "no better than a linear projection of the same size"
