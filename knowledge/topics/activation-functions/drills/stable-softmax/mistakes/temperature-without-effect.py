import numpy as np


def softmax(logits, axis=-1, temperature=1.0):
    exp = np.exp(logits - np.max(logits, axis=axis, keepdims=True))
    p = exp / np.sum(exp, axis=axis, keepdims=True)
    p = p / temperature
    return p / np.sum(p, axis=axis, keepdims=True)
