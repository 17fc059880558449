"""Layer by layer: output size, weights and receptive field, by formula and as Keras builds them."""
import os
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg")
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from tensorflow.keras import Sequential, layers

SIZE = 129  # height and width of the input image, 129..200
BLOCKS = 3  # blocks of two 3×3 convolutions and a pooling, 1..3
POOL = 2  # window and stride of each pooling; 1 switches pooling off, 1..3
DILATION = 1  # spacing of the kernel taps in the second convolution of a block, 1..2
NEEDED = 32  # pixels that one output unit should see, to take in a whole object, 8..64

def out_size(n, k, s, p, d):
    return (n + 2 * p - d * (k - 1) - 1) // s + 1

# Ones as weights and average pooling: no path from input to output can vanish or cancel.
net, plan = Sequential([layers.Input((SIZE, SIZE, 1))]), []
for block in range(BLOCKS):
    for padding, p, d in (("same", 1, 1), ("valid", 0, DILATION)):
        net.add(layers.Conv2D(8 * 2**block, 3, padding=padding, dilation_rate=d, kernel_initializer="ones"))
        plan.append(("conv", 3, 1, p, d))
    net.add(layers.AveragePooling2D(POOL))
    plan.append(("pool", POOL, POOL, 0, 1))

print("layer     size formula  weights formula  sees")
n, channels, field, jump, rows = SIZE, 1, 1, 1, []
for layer, (kind, k, s, p, d) in zip(net.layers, plan):
    n = out_size(n, k, s, p, d)
    field, jump = field + d * (k - 1) * jump, jump * s  # jump: input pixels between neighbouring units
    out = layer.output.shape[-1]
    weights = (k * k * channels + 1) * out if kind == "conv" else 0
    channels = out
    rows.append((layer.output.shape[1], n, layer.count_params(), weights))
    print(f"{kind} {k}×{k} {rows[-1][0]:7} {n:7} {rows[-1][2]:8} {weights:7} {field:5}")

image = tf.Variable(tf.ones((1, SIZE, SIZE, 1)))
with tf.GradientTape() as tape:
    maps = net(image)
    unit = maps[0, maps.shape[1] // 2, maps.shape[2] // 2, 0]  # one unit in the middle
influence = tape.gradient(unit, image).numpy()[0, :, :, 0]
hit = np.flatnonzero(influence.any(axis=0))  # input columns that matter
seen = len(hit)
print(f"one unit of the last layer sees {seen}×{seen} pixels")

view = (hit[0] - 5.5, hit[-1] + 5.5)
fig, ax = plt.subplots(figsize=(6.4, 5.2), layout="constrained")
shown = ax.imshow(np.where(influence > 0, influence / influence.max(), np.nan), cmap="viridis")
ax.set_facecolor("lightgray")
ax.set(title=f"one unit of the last layer sees {seen}×{seen} pixels",
       xlabel="input column", ylabel="input row", xlim=view, ylim=view[::-1])
fig.colorbar(shown, label="paths from the pixel to the unit (centre = 1)")
plt.savefig("receptive.png", dpi=160)
assert all(a == b and c == d for a, b, c, d in rows), "a formula disagrees with Keras"
assert seen == field, "the receptive field is not what the recursion says"
assert seen >= NEEDED, f"one unit sees {seen} pixels, too few for an object of {NEEDED}"
