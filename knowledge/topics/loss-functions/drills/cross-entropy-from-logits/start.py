import numpy as np


def cross_entropy(logits: np.ndarray, targets: np.ndarray, ignore: int = -100) -> tuple[float, np.ndarray]:
    """Compute the mean cross-entropy of a batch and its gradient.

    Args:
        logits: (n, c) floats, unnormalised scores.
        targets: (n,) integers, the right class of each row, or `ignore`.
        ignore: rows with this target count neither in the loss nor in the gradient.

    Returns:
        loss: a number, the mean over the rows that count.
        grad: (n, c), the gradient of the loss with respect to the logits.
    """
    raise NotImplementedError
