"""Two labelled images per digit: a net pretrained on printed letters against the same net from scratch."""
import os
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from sklearn.datasets import load_digits
from tensorflow.keras import Input, Model, Sequential, layers, optimizers, utils

HEAD_RATE = 0.003  # Adam's rate for the new head, the base frozen, 0.001..0.01
TUNE_RATE = 0.0003  # its rate after unfreezing: ten times lower, 0.0001..0.1
LABELS = 2  # labelled images per digit, drawn anew three times, 1..20
SEED = 0  # random seed, 0..9999
rng = np.random.default_rng(SEED)
utils.set_random_seed(SEED)
fonts = [{"family": f, "weight": w, "style": s} for f in ("DejaVu Sans", "DejaVu Serif", "STIXGeneral")
         for w in (400, 700) for s in ("normal", "italic")]
grid = np.stack(np.meshgrid(np.linspace(-1, 1, 24), np.linspace(1, -1, 24)), -1).reshape(-1, 2)
def draw(outline):  # one letter, bent at random, as 8 × 8 grey values
    v = outline.vertices - (outline.vertices.max(0) + outline.vertices.min(0)) / 2
    v = v / v.max(0) @ [[rng.uniform(0.6, 1), rng.normal(0, 0.1)], [rng.normal(0, 0.25), rng.uniform(0.85, 1.1)]]
    return Path(v + rng.normal(0, 0.08, 2), outline.codes).contains_points(grid).reshape(8, 3, 8, 3).mean((1, 3))
letter = rng.integers(0, 26, 5000)
printed = np.array([draw(TextPath((0, 0), chr(65 + i), prop=rng.choice(fonts))) for i in letter])[..., None]
X, digit = (data := load_digits()).images[..., None] / 16, data.target
draws = [[i for d in range(10) for i in rng.choice(np.flatnonzero(digit == d), LABELS, False)] for _ in range(3)]
def new_base():
    net = [Input((8, 8, 1))]
    for n, pool in (32, 1), (32, 2), (64, 2):
        net += layers.Conv2D(n, 3, padding="same"), layers.BatchNormalization(momentum=0.9), layers.ReLU()
        net.append(layers.MaxPooling2D(pool))
    return Sequential([*net, layers.Flatten()])
def train(net, rate, starts=None):  # 60 steps a draw; accuracy on all other digits, and weights
    net.compile(adam := optimizers.Adam(rate), "sparse_categorical_crossentropy")  # anew after (un)freezing
    adam.build(net.trainable_variables)
    fresh, right, ends = [v.numpy() for v in adam.variables], [], []
    for few, weights in zip(draws, starts or [net.get_weights()] * 3):
        net.set_weights(weights)
        _ = [v.assign(value) for v, value in zip(adam.variables, fresh)]
        for _ in range(60):
            net.train_on_batch(X[few], digit[few])
        ends.append(net.get_weights())
        right.append(np.delete(net(X).numpy().argmax(1) == digit, few).mean())
    return np.mean(right), ends
result = {"from scratch": max(train(Sequential([new_base(), layers.Dense(10, "softmax")]), r)[0] for r in (1e-3, 3e-3))}
source = Sequential([base := new_base(), layers.Dense(26, "softmax")])
source.compile(optimizers.Adam(2e-3), "sparse_categorical_crossentropy")
source.fit(printed, letter, 64, 2, verbose=0)
base.trainable, image = False, Input((8, 8, 1))
net = Model(image, layers.Dense(10, "softmax")(base(image, training=False)))  # batch norm: inference mode
result["frozen base"], heads = train(net, HEAD_RATE)
base.trainable = True
result["unfrozen"], _ = train(net, TUNE_RATE, heads)
print("\n".join(f"{name:13} {accuracy:.2f}" for name, accuracy in result.items()))
plt.figure(figsize=(5.2, 2.8), layout="constrained")
plt.gca().bar_label(plt.barh(list(result), list(result.values())), fmt=" %.2f")
plt.gca().set(xlim=(0, 1), xlabel=f"accuracy after training on {len(draws[0])} digits")
plt.savefig("transfer.png", dpi=200)
assert result["unfrozen"] > result["from scratch"] + 0.01, "the pretrained base should beat training from scratch"
