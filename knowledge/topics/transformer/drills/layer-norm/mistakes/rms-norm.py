import numpy as np


def layer_norm(x, gamma, beta, eps):
    rms = np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + eps)
    x_hat = x / rms
    return gamma * x_hat + beta
