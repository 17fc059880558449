"""An LSTM keeps a marked symbol for 15 to 24 steps; a plain RNN with as many parameters learns far more slowly."""
import os
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg")
import matplotlib.pyplot as plt
import numpy as np
from tensorflow.keras import Sequential, layers, optimizers, utils

STEPS = 25  # length of a sequence; the marked symbol is among the first ten, 20..30
UNITS = 24  # size of the state, 16..48
FORGET_BIAS = 3.0  # start value of the forget gate's bias; sigmoid(3) = 0.95, -4..5
EPOCHS = 8  # passes over the 2,048 training sequences, 6..20
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)


def sequences(count):
    """Each step shows one of four symbols; one early step carries a mark. The label is the marked symbol."""
    symbols, mark = rng.integers(0, 4, (count, STEPS)), rng.integers(0, 10, count)
    x = np.zeros((count, STEPS, 5), "float32")
    x[..., :4] = np.eye(4)[symbols]
    x[np.arange(count), mark, 4] = 1
    return x, symbols[np.arange(count), mark]


train, test = sequences(2048), sequences(1000)


def learn(cell, rate):
    """Train a classifier that reads the last state only; return its test accuracy after each epoch."""
    utils.set_random_seed(SEED)
    net = Sequential([layers.Input((STEPS, 5)), cell, layers.Dense(4, "softmax")])
    if isinstance(cell, layers.LSTM):
        kernel, recurrent, bias = cell.get_weights()  # gates in the order i, f, c, o
        bias[UNITS:2 * UNITS] = FORGET_BIAS
        cell.set_weights([kernel, recurrent, bias])
    adam = optimizers.Adam(rate, global_clipnorm=1.0)  # gates do not stop explosions, clipping does
    net.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net.fit(*train, 64, EPOCHS, verbose=0, validation_data=test).history["val_accuracy"]


units = 2 * UNITS + 2  # so many give the plain RNN about as many parameters
curves = {f"LSTM, {UNITS} units": learn(layers.LSTM(UNITS), 0.01)}
curves[f"RNN, {units} units"] = learn(layers.SimpleRNN(units), 0.003)  # about its best of five, 0.01..0.001
print("test accuracy (chance: 0.25)   last epoch")
plt.figure(figsize=(6.4, 4.4), layout="constrained")
for (name, curve), style in zip(curves.items(), ("o-", "s--"), strict=True):
    print(f"{name:28} {curve[-1]:12.2f}", flush=True)
    plt.plot(range(1, EPOCHS + 1), curve, style, label=name)
plt.axhline(0.25, color="grey", linewidth=1, label="chance")
plt.gca().set(xlabel="epoch", ylabel="test accuracy", ylim=(0, 1.03))
plt.legend()
plt.savefig("memory.png", dpi=180)

lstm, rnn = (curve[-1] for curve in curves.values())
assert lstm > 0.9, "the LSTM should remember the marked symbol"
assert rnn < lstm - 0.1, "the plain RNN should stay behind"
