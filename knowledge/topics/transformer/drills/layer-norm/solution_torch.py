import torch


def layer_norm(x: torch.Tensor, gamma: torch.Tensor, beta: torch.Tensor, eps: float) -> torch.Tensor:
    """Layer normalisation over the last axis."""
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.pow(2).mean(dim=-1, keepdim=True)  # divided by D, as var(unbiased=False)
    return gamma * centred / torch.sqrt(variance + eps) + beta
