"""Variance of held-out digits kept by four numbers: an autoencoder trained by hand against PCA, ten seeds."""
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split

SIZES, STEPS = (64, 128, 128, 4, 128, 128, 64), 960
X = (load_digits().data / 16).astype("float32")


def forward(weights, h):
    """Return the input of every layer, and the output; the code and the output are linear."""
    kept = [h]
    for k, (W, b) in enumerate(weights):
        h = h @ W + b
        if k not in (2, 5):
            h = np.maximum(h, 0)
        kept.append(h)
    return kept


def reconstruct(seed, train, test, peak):
    rng = np.random.default_rng(seed)
    weights = []
    for a, b in zip(SIZES, SIZES[1:]):
        limit = np.sqrt(6 / (a + b))  # Glorot
        weights.append([rng.uniform(-limit, limit, (a, b)).astype("float32"), np.zeros(b, "float32")])
    m = [[np.zeros_like(p) for p in layer] for layer in weights]
    v = [[np.zeros_like(p) for p in layer] for layer in weights]
    for t in range(1, STEPS + 1):
        x = train[rng.integers(0, len(train), 128)]
        kept = forward(weights, x)
        delta, rate = 2 * (kept[-1] - x) / x.size, peak * (1 + np.cos(np.pi * t / STEPS)) / 2
        for k in reversed(range(6)):
            if k not in (2, 5):
                delta = delta * (kept[k + 1] > 0)
            gradients = kept[k].T @ delta, delta.sum(0)
            delta = delta @ weights[k][0].T
            for i, g in enumerate(gradients):  # Adam
                m[k][i] += 0.1 * (g - m[k][i])
                v[k][i] += 0.001 * (g * g - v[k][i])
                step = np.float32(rate / (1 - 0.9**t)) * m[k][i]
                weights[k][i] -= step / (np.sqrt(v[k][i] / np.float32(1 - 0.999**t)) + np.float32(1e-7))
    return forward(weights, test)[-1]


def share_kept(output, train, test):
    return 1 - ((output - test) ** 2).mean() / ((test - train.mean(0)) ** 2).mean()


found = {}
for seed in range(10):
    train, test = train_test_split(X, test_size=0.2, random_state=seed)
    outputs = {"autoencoder": reconstruct(seed, train, test, 0.003)}
    for size in (4, 8, 9, 10):
        pca = PCA(size).fit(train)
        outputs[f"PCA {size}"] = pca.inverse_transform(pca.transform(test))
    for rival, output in outputs.items():
        found.setdefault(rival, []).append(share_kept(output, train, test))
for rival, values in found.items():
    print(f"{rival}: {' '.join(f'{value:.4f}' for value in values)}")
