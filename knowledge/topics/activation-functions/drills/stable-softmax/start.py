import numpy as np


def softmax(logits: np.ndarray, axis: int = -1, temperature: float = 1.0) -> np.ndarray:
    """Turn logits into probabilities along one axis.

    Args:
        logits: any shape, floats; -inf marks a masked place.
        axis: the axis along which the probabilities sum to 1.
        temperature: positive; the logits are divided by it.

    Returns:
        Probabilities, of the same shape as `logits`.
    """
    raise NotImplementedError
