"""Max, average and global pooling by hand, and where each sends its gradient: checked by finite differences."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

WINDOW = 2  # side of the pooling window, 2..3
STRIDE = 2  # step from one window to the next, 1..2
TIES = False  # True: a ReLU has left windows full of zeros, so that the maximum is not unique
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
x = rng.permutation(16).reshape(4, 4).astype(float)  # 16 different values
if TIES:
    x = np.maximum(x - 12, 0)

def pool(x, kind):
    windows = sliding_window_view(x, (WINDOW, WINDOW))[::STRIDE, ::STRIDE]
    return windows.max(axis=(2, 3)) if kind == "max" else windows.mean(axis=(2, 3))

def backward(x, grad_out, kind):
    grad = np.zeros_like(x)
    for i, j in np.ndindex(grad_out.shape):
        top, left = i * STRIDE, j * STRIDE
        window = x[top:top + WINDOW, left:left + WINDOW]
        if kind == "max":  # the winner takes it all
            row, column = np.unravel_index(window.argmax(), window.shape)
            grad[top + row, left + column] += grad_out[i, j]
        else:  # every pixel gets an equal share
            grad[top:top + WINDOW, left:left + WINDOW] += grad_out[i, j] / window.size
    return grad

def numeric(x, grad_out, kind, h=1e-5):
    grad = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[place] = h
        grad[place] = ((pool(x + step, kind) - pool(x - step, kind)) * grad_out).sum() / (2 * h)
    return grad

print(f"input, global max {x.max():.0f}, global average {x.mean():.2f}\n{x.astype(int)}")
gap = {}
for kind in "max", "average":
    out = pool(x, kind)
    ones = np.ones_like(out)  # as if the loss were the sum of all outputs
    weights = rng.normal(size=out.shape)
    gap[kind] = np.abs(backward(x, weights, kind) - numeric(x, weights, kind)).max()
    print(f"{kind} pooling\n{out}\nits gradient\n{backward(x, ones, kind)}")

total = backward(x, ones, "max").sum()
assert gap["average"] < 1e-6, "average pooling does not share its gradient equally"
assert gap["max"] < 1e-6, "the gradient of max pooling is not what finite differences say"
assert np.isclose(total, out.size), "gradient got lost on the way back"
