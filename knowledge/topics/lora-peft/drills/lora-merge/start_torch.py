import torch


def lora(
    x: torch.Tensor,
    w: torch.Tensor,
    a: torch.Tensor,
    b: torch.Tensor,
    alpha: float,
    mask: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """A linear layer with LoRA, and its merged weight.

    Floats are float64; torch.zeros and its like make float32 unless told otherwise.

    Args:
        x: (..., d_in).
        w: frozen weight, (d_out, d_in).
        a: (r, d_in).
        b: (d_out, r).
        alpha: the update is scaled by alpha / r.
        mask: scaled dropout mask of what goes into A, shaped like x; None for inference.

    Returns:
        (output, merged): (..., d_out) and (d_out, d_in).
    """
    raise NotImplementedError
