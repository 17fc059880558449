"""Negative ELBO of held-out digits: a VAE with two latent numbers by hand, and the best guess without z; ten seeds."""
import numpy as np
from scipy.special import expit, logit
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

STEPS, SEEDS = 1500, range(10)
X = (load_digits().data / 16).astype("float32")


def net(rng, sizes):
    """Return Glorot weights and zero biases."""
    limits = [np.sqrt(6 / (a + b)) for a, b in zip(sizes, sizes[1:])]
    kernels = [rng.uniform(-r, r, shape).astype("float32") for r, shape in zip(limits, zip(sizes, sizes[1:]))]
    return [p for W in kernels for p in (W, np.zeros(W.shape[1], "float32"))]


def forward(weights, h):
    kept = [h]
    for k in range(0, len(weights), 2):
        h = h @ weights[k] + weights[k + 1]
        if k + 2 < len(weights):
            h = np.maximum(h, 0)
        kept.append(h)
    return kept


def backward(weights, kept, g):
    """Return the gradients of the weights and of the input."""
    found = []
    for k in reversed(range(0, len(weights), 2)):
        if k + 2 < len(weights):
            g = g * (kept[k // 2 + 1] > 0)
        found = [kept[k // 2].T @ g, g.sum(0), *found]
        g = g @ weights[k].T
    return found, g


def bce(x, logits):
    return (np.logaddexp(0, logits) - x * logits).sum(1).mean()


def terms(encoder, decoder, x, rng):
    mu, log_var = np.split(forward(encoder, x)[-1], 2, axis=1)
    z = mu + np.exp(0.5 * log_var) * rng.standard_normal(mu.shape, "float32")
    kl = 0.5 * (mu**2 + np.exp(log_var) - 1 - log_var).sum(1).mean()
    return bce(x, forward(decoder, z)[-1]), kl


def train(x, rng):
    encoder, decoder = net(rng, (64, 128, 128, 4)), net(rng, (2, 128, 128, 64))
    weights = encoder + decoder
    m, v = [0 * w for w in weights], [0 * w for w in weights]
    for t in range(1, STEPS + 1):
        batch = x[rng.integers(0, len(x), 128)]
        kept = forward(encoder, batch)
        mu, log_var = np.split(kept[-1], 2, axis=1)
        noise = np.exp(0.5 * log_var) * rng.standard_normal(mu.shape, "float32")
        drawn = forward(decoder, mu + noise)
        of_decoder, g_z = backward(decoder, drawn, (expit(drawn[-1]) - batch) / 128)
        g = np.hstack([g_z + mu / 128, g_z * noise / 2 + (np.exp(log_var) - 1) / 256])
        of_encoder, _ = backward(encoder, kept, g)
        rate = np.float32(0.003 * (1 + np.cos(np.pi * t / STEPS)) / 2 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t))
        for i, g in enumerate(of_encoder + of_decoder):  # Adam
            m[i] += 0.1 * (g - m[i])
            v[i] += 0.001 * (g * g - v[i])
            weights[i] -= rate * m[i] / (np.sqrt(v[i]) + np.float32(1e-7))
    return encoder, decoder


found = {"VAE": [], "without z": [], "pixels": [], "KL": []}
for seed in SEEDS:
    rng = np.random.default_rng(seed)
    x, x_test = train_test_split(X, test_size=0.2, random_state=seed)
    pixels, kl = terms(*train(x, rng), x_test, rng)
    mean = logit(np.clip(x.mean(0), 1e-3, 1 - 1e-3))
    for name, value in {"VAE": pixels + kl, "without z": bce(x_test, mean), "pixels": pixels, "KL": kl}.items():
        found[name].append(value)
for name, values in found.items():
    print(f"{name}: {' '.join(f'{value:.2f}' for value in values)}")
