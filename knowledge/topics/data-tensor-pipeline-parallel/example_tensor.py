"""Tensor parallelism at toy size: an MLP cut by columns, then by rows, needs one sum and gives the same result."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

DEVICES = 4  # parts of each matrix, 2..8
COLUMNS_FIRST = True  # False: the first matrix is cut by rows, and GELU is taken before the sum
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
tokens, d, hidden = 6, 32, 128
x = rng.standard_normal((tokens, d))
A = rng.standard_normal((d, hidden)) / np.sqrt(d)
B = rng.standard_normal((hidden, d)) / np.sqrt(hidden)

def gelu(v):
    return 0.5 * v * (1 + np.tanh(np.sqrt(2 / np.pi) * (v + 0.044715 * v**3)))

whole = gelu(x @ A) @ B
if COLUMNS_FIRST:  # each device makes complete hidden units and may apply GELU to them
    parts = [gelu(x @ a) @ b for a, b in zip(np.array_split(A, DEVICES, axis=1), np.array_split(B, DEVICES, axis=0))]
else:  # each device has only a part of each unit's sum
    cut = zip(np.array_split(x, DEVICES, axis=1), np.array_split(A, DEVICES, axis=0))
    parts = [gelu(xi @ a) @ B for xi, a in cut]
partial = np.cumsum(parts, axis=0)  # the all-reduce, one device after the other
errors = [np.abs(s - whole).max() for s in partial]

print(f"{DEVICES} devices, {A.size // DEVICES + B.size // DEVICES} of {A.size + B.size} weights on each")
for n, e in enumerate(errors, 1):
    print(f"sum over {n} of {DEVICES} devices: largest error {e:.1e}")
fig, axes = plt.subplots(1, 3, figsize=(7, 3), layout="constrained")
for ax, values, title in zip(axes, (parts[0], partial[-1], whole), ("device 0 alone", "sum of all devices", "one device")):
    ax.imshow(values, cmap="RdBu", vmin=-2, vmax=2, aspect="auto")
    ax.set(title=title, xlabel="output feature", yticks=range(tokens))
axes[0].set_ylabel("token")
plt.savefig("split.png", dpi=150)
assert errors[-1] < 1e-9, "the sum over devices is not the MLP: GELU of parts is not part of GELU"
assert min(errors[:-1]) > 0.01, "a device alone would do: nothing was split"
