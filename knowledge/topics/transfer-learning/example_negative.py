"""When transfer helps and when it hurts: few labels, and a start from a source task that is more or less alike."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

LABELS = 20  # labelled samples of the target task, which has 40 unknowns, 10..60
SIMILARITY = 0.9  # cosine between the weights of the related source and the target, 0..1
NOISE = 0.3  # standard deviation of the labels' noise, 0.1..1
STEPS = 200  # steps of gradient descent, 100..500
SEED = 0  # random seed, 0..9999

unknowns = 40
rng = np.random.default_rng(SEED)


def source_weights(target, cosine):
    """Weights at a given cosine to the target's, both of length 1: what a source with endless data would teach."""
    other = rng.normal(size=unknowns)
    other -= other @ target * target
    return cosine * target + np.sqrt(1 - cosine**2) * other / np.linalg.norm(other)


def fine_tune(start, X, y, X_held, y_held):
    """Take a fixed number of gradient steps from `start`, so that nothing is chosen on the held-out data."""
    w, rate = start.copy(), 1 / np.linalg.norm(X, 2) ** 2
    for _ in range(STEPS):
        w -= rate * X.T @ (X @ w - y)
    return np.mean((X_held @ w - y_held) ** 2)


def compare(cosine, labels):
    """Mean error over 40 target tasks, from the source's weights and from zero."""
    errors = []
    for _ in range(40):
        target = source_weights(np.eye(unknowns)[0], 0)
        X = rng.normal(size=(labels + 1000, unknowns))
        y = X @ target + rng.normal(0, NOISE, len(X))
        data = X[:labels], y[:labels], X[labels:], y[labels:]
        errors.append([fine_tune(w, *data) for w in (source_weights(target, cosine), np.zeros(unknowns))])
    return np.mean(errors, 0)


cosines = [-0.5, 0.0, 0.5, SIMILARITY]
print("similarity   fine-tuned   from scratch")
curve = [compare(cosine, LABELS) for cosine in cosines]
for cosine, (tuned, scratch) in zip(cosines, curve):
    print(f"{cosine:10.1f} {tuned:12.2f} {scratch:14.2f}")
many = compare(SIMILARITY, 20 * LABELS)
print(f"{20 * LABELS} labels: {many[0]:8.2f} {many[1]:14.2f}")
plt.rcParams["font.size"] = 12
plt.figure(figsize=(6.4, 4.4), layout="constrained")
for errors, style, name in zip(np.transpose(curve), ("o-", "s--"), ("fine-tuned from the source", "from scratch")):
    plt.plot(cosines, errors, style, lw=2.5, ms=8, label=name)
plt.gca().set(xlabel="similarity of source and target (cosine)", ylabel="error on held-out data", ylim=(0, None))
plt.legend()
plt.savefig("negative_transfer.png", dpi=150)
assert curve[3][0] < 0.7 * curve[3][1], "a related source should help"
assert curve[0][0] > 1.1 * curve[0][1], "an opposed source should hurt: negative transfer"
assert abs(many[0] - many[1]) < 0.1 * (curve[3][1] - curve[3][0]), "with many labels the start should hardly matter"
