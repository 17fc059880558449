import torch


def lora(
    x: torch.Tensor,
    w: torch.Tensor,
    a: torch.Tensor,
    b: torch.Tensor,
    alpha: float,
    mask: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the layer's output, (..., d_out), and its merged weight, (d_out, d_in)."""
    scale = alpha / a.shape[0]
    into_a = x if mask is None else x * mask
    output = x @ w.T + scale * (into_a @ a.T) @ b.T
    return output, w + scale * b @ a
