"""One LSTM cell by hand, in agreement with Keras; and how long it remembers for a given forget bias."""
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
x = np.random.default_rng(SEED).normal(size=(1, 20, 3)).astype("float32")
layer = layers.LSTM(UNITS, return_state=True)
_, h_keras, c_keras = (np.array(a) for a in layer(x))
W, U, b = layer.get_weights()  # (3, 4 UNITS), (UNITS, 4 UNITS), (4 UNITS)

h = c = np.zeros(UNITS)
for x_t in x[0]:
    gate = dict(zip(ORDER, np.split(x_t @ W + h @ U + b, 4), strict=True))
    i, f, o = (sigmoid(gate[k]) for k in "ifo")  # what to write, what to keep, what to show
    g = np.tanh(gate["g"])  # the candidate: what could be written
    c = f * c + i * g  # the cell state: old memory, scaled, plus new content
    h = o * np.tanh(c)  # the hidden state: the part that is shown
error = max(abs(h - h_keras[0]).max(), abs(c - c_keras[0]).max())
print(f"by hand and Keras {'agree' if error < 1e-5 else 'DIFFER'} after {x.shape[1]} steps\n")

print("forget bias   gate f   left of c after 10, 100 steps")
plt.figure(figsize=(6.4, 4.4), layout="constrained")
steps, left = np.arange(101), {}
for bias, style in zip((0, 1, 3, 5), (":", "-.", "--", "-"), strict=True):
    f = sigmoid(bias)  # the gate at the start, when its other inputs are near 0
    left[bias] = f**steps  # the direct path: dc_T/dc_(T-k) = f^k
    print(f"{bias:11} {f:8.3f} {left[bias][10]:12.1e} {left[bias][100]:9.1e}")
    plt.plot(steps, left[bias], style, linewidth=2.5, label=f"{bias}: f = {f:.3f}")
plt.gca().set(xlabel="k, steps back in time", ylabel=r"$\partial c_T / \partial c_{T-k}$ along the cell state")
plt.legend(title="forget bias")
plt.savefig("forget_bias.png", dpi=180)

assert error < 1e-5, "the cell by hand must agree with Keras: check the order of the gates"
assert left[0][10] < 0.001 < 0.5 < left[3][10], "forget bias 3 must hold ten steps that bias 0 loses"
