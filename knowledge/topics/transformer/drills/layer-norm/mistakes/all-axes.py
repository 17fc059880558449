import numpy as np


def layer_norm(x, gamma, beta, eps):
    mean = np.mean(x)
    var = np.var(x)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta
