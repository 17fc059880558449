"""One LSTM cell by hand, in agreement with Keras; and how long it remembers for a given forget bias, measured."""
import os
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg")
import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit as sigmoid
from tensorflow.keras import layers, utils

ORDER = "ifgo"  # order of the four blocks in Keras' weights: one of ifgo, figo, ifog
UNITS = 8  # size of the state, 4..32
SEED = 0  # random seed, 0..9999

utils.set_random_seed(SEED)
x = np.random.default_rng(SEED).normal(size=(1, 40, 3)).astype("float32")
layer = layers.LSTM(UNITS, return_state=True)
_, h_keras, c_keras = (np.array(a) for a in layer(x))
W, U, b = layer.get_weights()  # (3, 4 UNITS), (UNITS, 4 UNITS), (4 UNITS)


def read(b, c):
    """Read the sequence, starting from the cell state c; return the last h and the cell states of all steps."""
    h, cells = np.zeros(UNITS), [c]
    for x_t in x[0]:
        gate = dict(zip(ORDER, np.split(x_t @ W + h @ U + b, 4), strict=True))
        i, f, o = (sigmoid(gate[k]) for k in "ifo")  # what to write, what to keep, what to show
        g = np.tanh(gate["g"])  # the candidate: what could be written
        cells.append(f * cells[-1] + i * g)  # the cell state: old memory, scaled, plus new content
        h = o * np.tanh(cells[-1])  # the hidden state: the part that is shown
    return h, np.array(cells)


h, cells = read(b, np.zeros(UNITS))
error = max(abs(h - h_keras[0]).max(), abs(cells[-1] - c_keras[0]).max())
print(f"by hand and Keras {'agree' if error < 1e-5 else 'DIFFER'} after {x.shape[1]} steps\n")

print("            left of a change of c after 10 steps")
print("forget bias   sigmoid(bias)^10     measured")
plt.figure(figsize=(6.4, 4.4), layout="constrained")
steps, left = np.arange(x.shape[1] + 1), {}
for bias, color in ((0, "C0"), (1, "C1"), (3, "C2"), (5, "C3")):
    b[UNITS : 2 * UNITS] = bias  # Keras keeps the forget gate's bias in the second block
    change = read(b, np.full(UNITS, 1e-4))[1] - read(b, np.zeros(UNITS))[1]
    left[bias] = abs(change).mean(axis=1) / 1e-4
    print(f"{bias:11} {sigmoid(bias) ** 10:18.4f} {left[bias][10]:12.4f}")
    plt.plot(steps, left[bias], color=color, linewidth=2.5, label=f"{bias}: measured")
    plt.plot(steps, sigmoid(bias) ** steps, ":", color=color, label=f"{bias}: {sigmoid(bias):.3f}$^k$")
plt.gca().set(xlabel="k, steps later", ylabel="left of a small change of c")
plt.legend(title="forget bias", ncols=2)
plt.savefig("forget_bias.png", dpi=180)

assert error < 1e-5, "the cell by hand must agree with Keras: check the order of the gates"
assert left[0][10] < 0.1 < left[3][10], "forget bias 3 must hold ten steps that bias 0 loses"
