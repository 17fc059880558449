"""A residual block in Keras: when the shortcut needs a projection, what it costs, and that it starts as identity."""
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
from tensorflow.keras import Input, Model, layers, utils

ZERO_GAMMA = True  # start the scale of each block's last batch norm at 0, so that F(x) = 0
WIDTH = 64  # channels of the narrow layers, 8..128
SEED = 0  # random seed, 0..9999

utils.set_random_seed(SEED)

def conv(x, filters, size, stride=1, gamma="ones"):
    x = layers.Conv2D(filters, size, stride, padding="same", use_bias=False)(x)  # batch norm brings the bias
    return layers.BatchNormalization(gamma_initializer=gamma)(x)

def block(x, out, stride=1, bottleneck=False):
    """y = ReLU(shortcut(x) + F(x)), version 1; Add needs two tensors, so it cannot stand in a Sequential."""
    shortcut, last = x, "zeros" if ZERO_GAMMA else "ones"
    if bottleneck:  # 1×1 narrows, 3×3 works, 1×1 widens
        f = layers.ReLU()(conv(x, out // 4, 1))
        f = layers.ReLU()(conv(f, out // 4, 3, stride))
        f = conv(f, out, 1, gamma=last)
    else:
        f = layers.ReLU()(conv(x, out, 3, stride))
        f = conv(f, out, 3, gamma=last)
    if stride != 1 or x.shape[-1] != out:  # only when the shapes differ
        shortcut = conv(x, out, 1, stride)
    return layers.ReLU()(layers.Add()([shortcut, f]))

def by_hand(kernels):  # (size, in, out) of each convolution; 4 numbers a channel are batch norm's
    return sum(size**2 * n * m + 4 * m for size, n, m in kernels)

w = WIDTH
cases = {
    "basic, same shape": (w, w, 1, False, [(3, w, w)] * 2),
    "basic, downsampling": (w, 2 * w, 2, False, [(3, w, 2 * w), (3, 2 * w, 2 * w), (1, w, 2 * w)]),
    "bottleneck": (4 * w, 4 * w, 1, True, [(1, 4 * w, w), (3, w, w), (1, w, 4 * w)]),
    "basic, as wide": (4 * w, 4 * w, 1, False, [(3, 4 * w, 4 * w)] * 2),
}
print("block               in -> out                  parameters")
for name, (n, m, stride, narrow, kernels) in cases.items():
    image = Input((16, 16, n))
    net = Model(image, block(image, m, stride, narrow))
    shapes = [" × ".join(map(str, tensor.shape[1:])) for tensor in (image, net.output)]
    print(f"{name:19} {shapes[0]:13} -> {shapes[1]:13} {net.count_params():9,}")
    assert net.count_params() == by_hand(kernels), "Keras counts differently"

image = x = Input((16, 16, w))
for _ in range(10):
    x = block(x, w)
pixels = np.abs(np.random.default_rng(SEED).normal(size=(4, 16, 16, w))).astype("float32")  # as after a ReLU
change = np.abs(Model(image, x)(pixels).numpy() - pixels).max()
print(f"ten fresh blocks change their input by at most {change:.1e}")
assert change == 0, "fresh blocks should hand their input through unchanged"
