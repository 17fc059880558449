"""A small CNN still reads digits that have moved; a dense net of the same size and accuracy does not."""
import os
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tensorflow.keras import Sequential, layers, losses, optimizers, utils

EPOCHS = 12  # passes over the training images, 6..20
POOL_STRIDE = 2  # stride of the pooling between the convolutions; try 1, 1..3
GLOBAL_POOL = True  # False: flatten the feature maps, so that the head learns positions
SEED = 0  # random seed, 0..9999

utils.set_random_seed(SEED)
X, y = load_digits(return_X_y=True)
X = np.pad(X.reshape(-1, 8, 8, 1) / 16, ((0, 0), (2, 2), (2, 2), (0, 0)))  # 12×12: room to move
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, stratify=y, random_state=SEED)
cnn = Sequential([
    layers.Input((12, 12, 1)),
    layers.Conv2D(16, 3, padding="same", activation="relu"),  # → 12×12×16
    layers.MaxPooling2D(2, POOL_STRIDE),  # → 6×6×16
    layers.Conv2D(32, 3, padding="same", activation="relu"),  # → 6×6×32
    layers.GlobalMaxPooling2D() if GLOBAL_POOL else layers.Flatten(),  # → 32: is a feature anywhere?
    layers.Dense(10)])
dense = Sequential([layers.Input((12, 12, 1)), layers.Flatten(), layers.Dense(32, "relu"), layers.Dense(10)])
shifts, accuracy = range(-2, 3), {}
print("accuracy on held-out digits, moved sideways by")
print("pixels              " + "".join(f"{s:6d}" for s in shifts))
for name, net in {"CNN": cnn, "dense": dense}.items():
    rate = optimizers.schedules.CosineDecay(0.01, EPOCHS * 40)  # 40 batches an epoch
    net.compile(optimizers.Adam(rate), losses.SparseCategoricalCrossentropy(from_logits=True))
    net.fit(X_train, y_train, epochs=EPOCHS, batch_size=32, verbose=0)
    moved = [net.predict_on_batch(np.roll(X_test, s, axis=2)) for s in shifts]
    accuracy[name] = [(logits.argmax(1) == y_test).mean() for logits in moved]
    line = "".join(f"{a:6.2f}" for a in accuracy[name])
    print(f"{name:5} {net.count_params():6} weights{line}", flush=True)

def tile(images):  # 16 images as one 4×4 sheet with a blank line between them
    images = np.pad(images, ((0, 0), (0, 1), (0, 1)), constant_values=np.nan)
    n = images.shape[1]
    return images.reshape(4, 4, n, n).swapaxes(1, 2).reshape(4 * n, 4 * n)[:-1, :-1]

plt.rcParams.update({"font.size": 13, "axes.titlesize": 13})
fig, (plot, filters, maps) = plt.subplots(1, 3, figsize=(9, 3.5), width_ratios=(1.2, 1, 1), layout="constrained")
for (name, values), style in zip(accuracy.items(), ("o-", "s--")):
    plot.plot(shifts, values, style, lw=3, ms=8, label=name)
plot.set(title="held-out accuracy", xlabel="shift [pixels]", ylim=(0, 1.03), xticks=shifts)
plot.legend()
weights = cnn.layers[0].kernel.numpy()[:, :, 0].transpose(2, 0, 1)
filters.imshow(tile(weights), cmap="coolwarm", vmin=-abs(weights).max(), vmax=abs(weights).max())
filters.set(title="learned 3×3 filters", xlabel="red > 0 > blue", xticks=[], yticks=[])
maps.imshow(tile(cnn.layers[0](X_test[:1]).numpy()[0].transpose(2, 0, 1)), cmap="viridis")
maps.set(title=f"what they see in a {y_test[0]}", xticks=[], yticks=[])
plt.savefig("cnn.png", dpi=130)
assert min(accuracy["CNN"][2], accuracy["dense"][2]) > 0.94, "both should read held-out digits that stay put"
assert min(accuracy["CNN"][0], accuracy["CNN"][4]) > 0.8, "the CNN fails on moved digits"
assert max(accuracy["dense"][0], accuracy["dense"][4]) < 0.4, "the dense net reads moved digits, too"
