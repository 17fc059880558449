"""Log loss against squared loss under a sigmoid: the gradient at a confident mistake, and a start on the wrong side."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

START = -8.0  # first weight; negative is the wrong side, -12..2
STEPS = 500  # gradient steps, 50..2000
SEED = 0  # random seed, 0..9999

def sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))

def log_slope(z, y):
    return sigmoid(z) - y  # p - y

def squared_slope(z, y):
    p = sigmoid(z)
    return 2 * (p - y) * p * (1 - p)

print("one sample with y = 1:   dL/dz of log loss, squared loss")
for z in (2.0, 0.0, -2.0, -4.0, -8.0):
    print(f"  z = {z:4.0f}, p = {sigmoid(z):.5f} {log_slope(z, 1):12.5f} {squared_slope(z, 1):12.5f}")

z = np.linspace(-10, 6, 321)
losses = {"log loss": np.logaddexp(0, -z), "squared loss": (1 - sigmoid(z)) ** 2}
bends = {name: np.diff(values, 2).min() for name, values in losses.items()}
print("bend at least: " + ", ".join(f"{name} {bend:.0e}" for name, bend in bends.items()))

rng = np.random.default_rng(SEED)
y = rng.integers(0, 2, 200)
x = rng.normal(np.where(y == 1, 1.5, -1.5), 1.0)  # the right weight is positive

def train(slope, rate):
    w, path = START, []
    for _ in range(STEPS):
        path.append(np.mean((x * w > 0) == y))
        w -= rate * np.mean(slope(x * w, y) * x)
    return path

rates, reached = (0.1, 1.0, 10.0, 100.0), []
print(f"from w = {START:g}: steps to accuracy 0.8 ({STEPS}+: not reached)")
print("   rate   log loss   squared loss")
for rate in rates:
    paths = [train(slope, rate) for slope in (log_slope, squared_slope)]
    reached.append([next((n for n, accuracy in enumerate(path) if accuracy > 0.8), STEPS) for path in paths])
    print(f"{rate:7} {reached[-1][0]:10} {reached[-1][1]:13}{'+' if reached[-1][1] == STEPS else ''}")
    if rate == 1.0:
        shown = dict(zip(losses, paths))

fig, axes = plt.subplots(1, 2, figsize=(8, 3.6), layout="constrained")
for name, values in losses.items():
    axes[0].plot(z, values, label=name)
    axes[1].plot(shown[name])
axes[0].set(xlabel="logit z of a sample with y = 1", ylabel="loss")
axes[1].set(xlabel="gradient step, rate 1", ylabel="training accuracy", ylim=(0, 1))
axes[0].legend()
plt.savefig("losses.png", dpi=130)
assert bends["log loss"] > -1e-12 > -1e-6 > bends["squared loss"], "only log loss is convex in z"
assert all(slow > 5 * max(1, fast) or fast == STEPS for fast, slow in reached), "from this start squared loss keeps up"
