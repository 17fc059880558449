import torch


def softmax(logits: torch.Tensor, axis: int = -1, temperature: float = 1.0) -> torch.Tensor:
    """Turn logits into probabilities along one axis.

    Floats are float64; torch.zeros and its like make float32 unless told otherwise.

    Args:
        logits: any shape, floats; -inf marks a masked place.
        axis: the axis along which the probabilities sum to 1.
        temperature: positive; the logits are divided by it.

    Returns:
        Probabilities, of the same shape as `logits`.
    """
    raise NotImplementedError
