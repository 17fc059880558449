"""Share of dead units that come back within 800 steps: Leaky ReLU of slope 0.2, of slope 0.01, and ReLU, ten seeds."""
import numpy as np
from scipy.special import softmax
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

digits, labels = load_digits(return_X_y=True)


def revived(seed, slope, rate):
    """Train 64-32-10 with all hidden biases at -4; return the share of units that are active for some image."""
    x, _, y, _ = train_test_split(digits / 16, labels, test_size=0.25, random_state=seed)
    rng = np.random.default_rng(seed)
    w1, b1 = rng.normal(0, np.sqrt(2 / 64), (64, 32)), np.full(32, -4.0)
    w2, b2 = rng.normal(0, np.sqrt(1 / 32), (32, 10)), np.zeros(10)
    for _ in range(800):
        batch = rng.integers(0, len(x), 64)
        z = x[batch] @ w1 + b1
        h = np.where(z > 0, z, slope * z)
        error = (softmax(h @ w2 + b2, axis=1) - np.eye(10)[y[batch]]) / 64
        back = error @ w2.T * np.where(z > 0, 1, slope)
        w2, b2 = w2 - rate * h.T @ error, b2 - rate * error.sum(0)
        w1, b1 = w1 - rate * x[batch].T @ back, b1 - rate * back.sum(0)
    return (x @ w1 + b1 > 0).any(axis=0).mean()


for name, slope in (("slope 0.2", 0.2), ("slope 0.01", 0.01), ("ReLU", 0.0)):
    tried = [[revived(seed, slope, rate) for seed in range(10)] for rate in (0.2, 0.5, 1.0)]
    print(f"{name}: {' '.join(f'{value:.2f}' for value in max(tried, key=np.mean))}")
