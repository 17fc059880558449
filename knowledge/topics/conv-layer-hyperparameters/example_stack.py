"""Three 3×3 convolutions see as much as one 7×7 with fewer weights; without a ReLU they are one 7×7."""
import numpy as np
from scipy.signal import convolve2d, correlate2d

LAYERS = 3  # stacked 3×3 convolutions, 2..5
RELU = False  # True: a ReLU behind each of them
CHANNELS = 64  # channels in and out of every layer, 1..512
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
kernels = rng.normal(size=(LAYERS, 3, 3))  # one channel is enough to see it

def stack(x):
    for kernel in kernels:
        x = correlate2d(x, kernel, mode="valid")
        if RELU:
            x = np.maximum(x, 0)
    return x

side = 2 * LAYERS + 1  # each layer adds 2 pixels to what a unit sees
image = rng.normal(size=(side + 4, side + 4))
middle = (2, 2)  # the middle unit of the 5×5 outputs
seen = np.zeros(image.shape, bool)
for pixel in np.ndindex(image.shape):
    changed = image.copy()
    changed[pixel] += 1
    seen[pixel] = stack(changed)[middle] != stack(image)[middle]
width = seen.any(axis=0).sum()

big = kernels[0]
for kernel in kernels[1:]:
    big = convolve2d(big, kernel)  # correlating twice = correlating once with the two kernels convolved
gap = np.abs(stack(image) - correlate2d(image, big, mode="valid")).max()

small_weights = LAYERS * 9 * CHANNELS**2
big_weights = side**2 * CHANNELS**2
print(f"{LAYERS} layers of 3×3: a unit sees {width}×{width} pixels")
print(f"weights, {CHANNELS} channels: {small_weights:,}")
print(f"one {side}×{side} layer:      {big_weights:,}")
print(f"ratio {small_weights / big_weights:.2f}")
print(f"one {side}×{side} kernel does the same: {gap < 1e-9}")
assert gap < 1e-9, f"no longer linear: the composed {side}×{side} kernel does not do the same"
assert width == side, "the receptive field is not 2·layers + 1"
assert small_weights < big_weights, "stacking saves nothing"
