import numpy as np


def cross_entropy(logits, targets, ignore=-100):
    exp = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = exp / exp.sum(axis=1, keepdims=True)
    rows = np.where(targets != ignore)[0]
    loss = -np.log(p[rows, targets[rows]]).mean()
    grad = np.zeros_like(logits)
    grad[rows] = p[rows]
    grad[rows, targets[rows]] -= 1
    return loss, grad / len(rows)
