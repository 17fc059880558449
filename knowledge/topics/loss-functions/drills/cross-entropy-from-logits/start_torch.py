import torch


def cross_entropy(logits: torch.Tensor, targets: torch.Tensor, ignore: int = -100) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute the mean cross-entropy of a batch and its gradient.

    Floats are float64; torch.zeros and its like make float32 unless told otherwise.

    Args:
        logits: (n, c) floats, unnormalised scores.
        targets: (n,) integers, the right class of each row, or `ignore`.
        ignore: rows with this target count neither in the loss nor in the gradient.

    Returns:
        loss: a number, the mean over the rows that count.
        grad: (n, c), the gradient of the loss with respect to the logits.
    """
    raise NotImplementedError
