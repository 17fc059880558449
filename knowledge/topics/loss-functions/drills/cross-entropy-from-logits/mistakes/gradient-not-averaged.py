import numpy as np


def cross_entropy(logits, targets, ignore=-100):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.where(targets != ignore)[0]
    loss = -log_probs[rows, targets[rows]].mean()
    grad = np.zeros_like(logits)
    grad[rows] = np.exp(log_probs[rows])
    grad[rows, targets[rows]] -= 1
    return loss, grad
