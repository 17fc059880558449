import numpy as np


def adam(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    w = w - lr * m_hat / (np.sqrt(v) + eps) - lr * weight_decay * w
    return w, m, v
