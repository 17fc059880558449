import numpy as np


def two_layer(
    x: np.ndarray, y: np.ndarray, w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Mean cross-entropy of a network linear - ReLU - linear - softmax, and its gradients."""
    n, _ = x.shape
    z = x @ w1 + b1
    active = z > 0
    h = z * active
    logits = h @ w2 + b2
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    true = np.eye(len(b2))[y]  # one-hot, (N, K)
    loss = -(log_p * true).sum() / n

    dlogits = (np.exp(log_p) - true) / n
    dw2 = h.T @ dlogits
    db2 = dlogits.sum(axis=0)
    dz = dlogits @ w2.T * active
    dw1 = x.T @ dz
    db1 = dz.sum(axis=0)
    return loss, dw1, db1, dw2, db2
