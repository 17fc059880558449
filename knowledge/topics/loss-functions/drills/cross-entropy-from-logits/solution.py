import numpy as np


def cross_entropy(logits: np.ndarray, targets: np.ndarray, ignore: int = -100) -> tuple[float, np.ndarray]:
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))

    rows = np.flatnonzero(targets != ignore)
    loss = -log_probs[rows, targets[rows]].mean()

    # d loss_i / d z_i = softmax(z_i) - onehot(t_i); the mean divides it by the number of rows that count.
    grad = np.exp(log_probs) * (targets != ignore)[:, None]
    grad[rows, targets[rows]] -= 1
    return loss, grad / len(rows)
