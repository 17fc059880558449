"""A convolutional layer by hand, from its definition, agrees with TensorFlow's: it does not flip the kernel."""
import os
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
from scipy.signal import convolve2d
from sklearn.datasets import load_sample_image

FILTERS = 8  # output channels, 1..32
KERNEL = 3  # height and width of the kernels, 1..7
FLIP = False  # True: turn every kernel by 180°, as convolution in mathematics does
SEED = 0  # random seed, 0..9999

def conv(x, w, b, stride, padding):
    """Images (n, h, w, c_in), kernels (k, k, c_in, c_out) → maps (n, h', w', c_out)."""
    k = w.shape[0]
    if FLIP:
        w = w[::-1, ::-1]
    if padding == "SAME":  # zeros all round, so that stride 1 keeps the size
        total = [max((-(-n // stride) - 1) * stride + k - n, 0) for n in x.shape[1:3]]
        x = np.pad(x, [(0, 0), *((t // 2, t - t // 2) for t in total), (0, 0)])
    height, width = ((n - k) // stride + 1 for n in x.shape[1:3])
    out = np.empty((len(x), height, width, w.shape[3]))
    for i in range(height):
        for j in range(width):
            window = x[:, i * stride:i * stride + k, j * stride:j * stride + k]
            # One window against all kernels: multiply, add up over rows, columns and input channels.
            out[:, i, j] = np.tensordot(window, w, axes=3) + b
    return out

rng = np.random.default_rng(SEED)
photo = load_sample_image("flower.jpg")[100:148, 200:264] / 255.0
x = photo[None]  # a batch of one, 1×48×64×3, channels last
w = rng.normal(size=(KERNEL, KERNEL, 3, FILTERS))
b = rng.normal(size=FILTERS)
print(f"input {x.shape}\nkernels {w.shape}")
print("padding stride output          max |difference|")
worst = 0.0
for padding in "VALID", "SAME":
    for stride in 1, 2:
        ours = conv(x, w, b, stride, padding)
        theirs = (tf.nn.conv2d(x, w, stride, padding) + b).numpy()
        gap = np.abs(ours - theirs).max()
        worst = max(worst, gap)
        print(f"{padding:7} {stride:6} {ours.shape!s:16} {'below 1e-9' if gap < 1e-9 else f'{gap:.2f}'}")

layer = tf.keras.layers.Conv2D(FILTERS, KERNEL)
layer.build(x.shape)
weights = (KERNEL * KERNEL * 3 + 1) * FILTERS
print(f"Keras counts {layer.count_params()} parameters, (k·k·C_in + 1)·C_out = {weights}")

grey, kernel = photo.mean(axis=2), w[:, :, 0, 0]
flipped = conv(grey[None, :, :, None], kernel[::-1, ::-1, None, None], 0, 1, "VALID")[0, :, :, 0]
gap = np.abs(flipped - convolve2d(grey, kernel, mode="valid")).max()
print(f"turned kernel = true convolution: {gap < 1e-9}")
assert worst < 1e-9, "the hand-written layer and tf.nn.conv2d disagree"
assert layer.count_params() == weights, "the parameter count is wrong"
assert gap < 1e-9, "a turned kernel does not give scipy's convolution"
