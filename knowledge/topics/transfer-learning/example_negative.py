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

def fine_tune(starts, X, y, X_held, y_held):
    """Take a fixed number of gradient steps from each start, so that nothing is chosen on the held-out data."""
    W, rate = np.transpose(starts), 1 / np.linalg.norm(X, 2) ** 2
    for _ in range(STEPS):
        W = W - rate * X.T @ (X @ W - y[:, None])
    return np.mean((X_held @ W - y_held[:, None]) ** 2, axis=0)

def compare(cosine, labels):
    """Mean error over 40 target tasks: from the source's weights, from zero, from random weights of the same length."""
    errors = []
    for _ in range(40):
        target = source_weights(np.eye(unknowns)[0], 0)
        X = rng.normal(size=(labels + 1000, unknowns))
        y = X @ target + rng.normal(0, NOISE, len(X))
        luck = rng.normal(size=unknowns)
        starts = source_weights(target, cosine), np.zeros(unknowns), luck / np.linalg.norm(luck)
        errors.append(fine_tune(starts, X[:labels], y[:labels], X[labels:], y[labels:]))
    return np.mean(errors, 0)

cosines = [-0.5, 0.0, 0.5, SIMILARITY]
print("similarity   from source   from zero   from random")
curve = [compare(cosine, LABELS) for cosine in cosines]
for cosine, errors in zip(cosines, curve):
    print("{:10.1f} {:13.2f} {:11.2f} {:13.2f}".format(cosine, *errors))
many = compare(SIMILARITY, 20 * LABELS)
print("{} labels: {:13.2f} {:11.2f} {:13.2f}".format(20 * LABELS, *many))
plt.rcParams["font.size"] = 12
plt.figure(figsize=(6.4, 4.4), layout="constrained")
names = "fine-tuned from the source", "from zero", "from random weights"
for errors, style, name in zip(np.transpose(curve), ("o-", "s--", "^:"), names):
    plt.plot(cosines, errors, style, lw=2.5, ms=8, label=name)
plt.gca().set(xlabel="similarity of source and target (cosine)", ylabel="error on held-out data", ylim=(0, None))
plt.legend()
plt.savefig("negative_transfer.png", dpi=150)
assert curve[3][0] < 0.7 * curve[3][1], "a related source should help"
assert curve[0][0] > 1.1 * max(curve[0][1:]), "an opposed source should hurt: negative transfer"
assert np.ptp(many) < 0.1 * (curve[3][1] - curve[3][0]), "with many labels the start should hardly matter"
