"""Two labelled images per digit: a net pretrained on a coarser task against the same net from scratch."""
import os
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from tensorflow.keras import Input, Model, Sequential, layers, optimizers, utils

LABELS = 2  # labelled images per digit, drawn anew three times, 1..20
SCRATCH_RATE = 0.4  # rate of the net from scratch, chosen like the others on seeds 0 to 4, 0.1..1
HEAD_RATE = 0.3  # rate of the new head while the base is frozen, 0.1..1
TUNE_RATE = 0.03  # rate of all layers after unfreezing: ten times lower, 0.01..3
SEED = 0  # random seed, 0..9999
rng = np.random.default_rng(SEED)
utils.set_random_seed(SEED)
X, digit = load_digits(return_X_y=True)
X = X.reshape(-1, 8, 8, 1) / 16
group = 2 * (digit % 2) + (digit > 4)  # the source task: 0 2 4, 6 8, 1 3 or 5 7 9?
source, target = np.split(rng.permutation(len(X)), [1000])  # no image serves both tasks
draws = [np.concatenate([rng.choice(target[digit[target] == d], LABELS, False) for d in range(10)]) for _ in range(3)]
def new_base():
    net = [Input((8, 8, 1))]
    for channels, pool in (32, 1), (32, 2), (64, 2):
        net += [layers.Conv2D(channels, 3, padding="same"), layers.BatchNormalization(momentum=0.9)]
        net += [layers.ReLU(), layers.MaxPooling2D(pool)]
    return Sequential([*net, layers.GlobalAveragePooling2D()])

def train(net, rate, steps, starts):
    """Train on each draw from its own start; return the accuracy on the target images not drawn, and the weights."""
    net.compile(optimizers.SGD(rate), "sparse_categorical_crossentropy")  # again after freezing or unfreezing
    right, ends = [], []
    for few, start in zip(draws, starts):
        net.set_weights(start)
        for _ in range(steps):
            net.train_on_batch(X[few], digit[few])
        unseen = np.setdiff1d(target, few)
        right.append(np.mean(net(X[unseen]).numpy().argmax(1) == digit[unseen]))
        ends.append(net.get_weights())
    return right, ends
scratch = Sequential([new_base(), layers.Dense(10, "softmax")])
accuracy = {"from scratch": train(scratch, SCRATCH_RATE, 120, [scratch.get_weights()] * 3)[0]}
pretrained = Sequential([base := new_base(), layers.Dense(4, "softmax")])
pretrained.compile(optimizers.Adam(0.002), "sparse_categorical_crossentropy")
pretrained.fit(X[source], group[source], 64, 5, verbose=0)
base.trainable, image = False, Input((8, 8, 1))
net = Model(image, layers.Dense(10, "softmax")(base(image, training=False)))  # batch norm: inference mode
accuracy["frozen base"], heads = train(net, HEAD_RATE, 60, [net.get_weights()] * 3)
base.trainable = True
accuracy["unfrozen"], _ = train(net, TUNE_RATE, 60, heads)
means = {name: np.mean(right) for name, right in accuracy.items()}
print("\n".join(f"{name:13} {mean:.2f}" for name, mean in means.items()))
plt.rcParams["font.size"] = 13
_, (top, plot) = plt.subplots(2, 1, figsize=(6.4, 5), height_ratios=(1, 3), layout="constrained")
top.imshow(np.block([[*row] for row in X[draws[0]].reshape(10, -1, 8, 8)[:, :2].swapaxes(0, 1)]), cmap="gray_r")
top.set(title="labelled images of each digit", xticks=[], yticks=[])
plot.plot(list(accuracy), list(accuracy.values()), "o:", color="grey", ms=6)
plot.plot(list(means), list(means.values()), "o-", lw=3, ms=10)
plot.set(ylabel="accuracy on unseen digits", ylim=(0.5, 1))
plt.savefig("transfer.png", dpi=150)
assert means["unfrozen"] > means["from scratch"] + 0.03, "the pretrained base should beat training from scratch"
