import numpy as np


def softmax(logits, axis=-1, temperature=1.0):
    exp = np.exp(logits / temperature)
    return exp / np.sum(exp, axis=axis, keepdims=True)
