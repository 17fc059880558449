"""Depth against width on a sawtooth: each layer of two ReLU units doubles the teeth, one wide layer pays for each."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

DEPTH = 6  # layers of two units; the sawtooth has 2^DEPTH pieces, 2..8
DRAWS = 100  # sets of kinks tried for the shallow nets, 1..500
SEED = 0  # random seed, 0..9999

x = np.linspace(0, 1, 2**DEPTH * 8 + 1)
sawtooth = np.abs((x * 2 ** (DEPTH - 1) + 0.5) % 1 - 0.5) * 2

def relu(z):
    return np.maximum(0, z)

def deep(x, layers):
    for _ in range(layers):
        x = 2 * relu(x) - 4 * relu(x - 0.5)  # up to 1 at 1/2 and down again
    return x

def shallow(kinks):
    """One hidden layer with a unit for each kink, and a straight line for free; the best output weights (least squares)."""
    columns = np.column_stack([np.ones_like(x), x, relu(x[:, None] - kinks)])
    return columns @ np.linalg.lstsq(columns, sawtooth, rcond=None)[0]

def error(found):
    return np.sqrt(np.mean((found - sawtooth) ** 2))

def pieces(values):
    slopes = np.diff(values) / np.diff(x)
    return 1 + int((np.abs(np.diff(slopes)) > 1e-6).sum())

rng = np.random.default_rng(SEED)
units = 2 * DEPTH
even = np.arange(1, units + 1)
tries = [even / (units + 1), even / 2**DEPTH, *rng.random((DRAWS, units))]  # spread, on the first teeth, by chance
same_units = min((shallow(kinks) for kinks in tries), key=error)
every_tooth = shallow(np.arange(2**DEPTH) / 2**DEPTH)  # the unit with its kink at 0 is the line
rows = [(f"deep, {DEPTH} layers of 2", units, 2**DEPTH, deep(x, DEPTH)), ("one layer, as many units", units, units + 1, same_units),
        ("one layer, a unit a piece", 2**DEPTH, 2**DEPTH, every_tooth), ("a constant", 0, 1, np.full_like(x, sawtooth.mean()))]
print("net                        units  pieces   RMSE")
for name, count, most, values in rows:
    print(f"{name:26} {count:5} {most:7} {error(values):6.3f}")
print("\nlayers of 2 units: pieces", [pieces(deep(x, k)) for k in range(1, DEPTH + 1)])

fig, axes = plt.subplots(3, 1, figsize=(7, 5), layout="constrained", sharex=True, sharey=True)
for ax, (name, count, most, values) in zip(axes, rows):
    ax.plot(x, sawtooth, color="0.8", lw=3)
    ax.plot(x, values, lw=1)
    ax.set_title(f"{name}: {count} units, RMSE {error(values):.3f}")
axes[-1].set_xlabel("x")
plt.savefig("sawtooth.png", dpi=120)
assert error(deep(x, DEPTH)) < 1e-9 and pieces(deep(x, DEPTH)) == 2**DEPTH, "the deep net is no sawtooth"
assert error(every_tooth) < 1e-9, "one wide layer can do it, too"
assert error(same_units) > 0.6 * sawtooth.std(), "so few teeth that a shallow net with as many units follows them"
