import numpy as np


def softmax(logits, axis=-1, temperature=1.0):
    z = logits / temperature
    exp = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return exp / np.sum(exp, axis=-1, keepdims=True)
