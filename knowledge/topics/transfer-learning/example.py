"""One labelled image per digit: a net pretrained on printed letters against the same net from scratch."""
import os
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from sklearn.datasets import load_digits
from tensorflow.keras import Input, Model, Sequential, layers, optimizers, utils

HEAD_RATE = 0.003  # Adam's rate for the new head, the base frozen, 0.001..0.01
TUNE_RATE = 0.0003  # its rate after unfreezing: ten times lower, 0.0001..0.1
LABELS = 1  # labelled images per digit, 1..20
SEED = 0  # random seed, 0..9999
rng = np.random.default_rng(SEED)
utils.set_random_seed(SEED)
fonts = [FontProperties(family=f, weight=w, style=s) for f in ("DejaVu Sans", "DejaVu Serif", "STIXGeneral")
         for w in ("normal", "bold") for s in ("normal", "italic")]
outlines = [[TextPath((0, 0), c, prop=font) for font in fonts] for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
grid = np.stack(np.meshgrid(np.linspace(-1, 1, 24), np.linspace(1, -1, 24)), -1).reshape(-1, 2)

def draw(outline):  # one letter, bent at random, as 8 × 8 grey values
    v = outline.vertices - (outline.vertices.max(0) + outline.vertices.min(0)) / 2
    v = v / v.max(0) @ [[rng.uniform(0.6, 1), rng.normal(0, 0.1)], [rng.normal(0, 0.25), rng.uniform(0.85, 1.1)]]
    return Path(v + rng.normal(0, 0.08, 2), outline.codes).contains_points(grid).reshape(8, 3, 8, 3).mean((1, 3))

letter, font = rng.integers(0, 26, 5000), rng.integers(0, len(fonts), 5000)
printed = np.array([draw(outlines[a][b]) for a, b in zip(letter, font)])[..., None]
X, digit = load_digits(return_X_y=True)
X = X.reshape(-1, 8, 8, 1) / 16
few = np.concatenate([rng.choice(np.flatnonzero(digit == d), LABELS, replace=False) for d in range(10)])
rest = np.setdiff1d(np.arange(len(X)), few)  # tested on all the others

def conv(n):
    return layers.Conv2D(n, 3, padding="same"), layers.BatchNormalization(momentum=0.9), layers.ReLU()
def new_base():
    return Sequential([Input((8, 8, 1)), *conv(32), *conv(32), layers.MaxPooling2D(), *conv(64), layers.Flatten()])
def train(net, rate):  # 60 steps on the few labels; returns the accuracy on the rest
    net.compile(optimizers.Adam(rate), "sparse_categorical_crossentropy")  # needed anew after (un)freezing
    for _ in range(60):
        net.train_on_batch(X[few], digit[few])
    return (net(X[rest]).numpy().argmax(1) == digit[rest]).mean()

result = {"from scratch": max(train(Sequential([new_base(), layers.Dense(10, "softmax")]), r) for r in (1e-3, 3e-3))}
source = Sequential([base := new_base(), layers.Dense(26, "softmax")])
source.compile(optimizers.Adam(2e-3), "sparse_categorical_crossentropy")
source.fit(printed, letter, 64, 3, verbose=0)
base.trainable, image = False, Input((8, 8, 1))
net = Model(image, layers.Dense(10, "softmax")(base(image, training=False)))  # batch norm: inference mode, always
result["base frozen, new head"] = train(net, HEAD_RATE)
base.trainable = True
result["then unfrozen"] = train(net, TUNE_RATE)
print("\n".join(f"{name:22} {accuracy:.2f}" for name, accuracy in result.items()))
plt.figure(figsize=(8, 3), layout="constrained")
plt.gca().bar_label(plt.barh(list(result), list(result.values())), fmt=" %.2f")
plt.gca().set(xlim=(0, 1), xlabel=f"accuracy on {len(rest)} digits, from {len(few)} labelled ones")
plt.savefig("transfer.png", dpi=140)
assert result["then unfrozen"] > result["from scratch"] + 0.02, "the pretrained base should beat training from scratch"
assert result["then unfrozen"] > result["base frozen, new head"] - 0.02, "fine-tuning should not undo what was there"
