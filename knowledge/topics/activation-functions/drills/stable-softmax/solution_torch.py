import torch


def softmax(logits: torch.Tensor, axis: int = -1, temperature: float = 1.0) -> torch.Tensor:
    scaled = logits / temperature
    # Softmax does not change under a shift; with the maximum of each slice at 0, exp cannot overflow.
    exp = torch.exp(scaled - scaled.amax(dim=axis, keepdim=True))
    return exp / exp.sum(dim=axis, keepdim=True)
