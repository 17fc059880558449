import torch


def attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Scaled dot-product attention.

    Floats are float64; torch.zeros and its like make float32 unless told otherwise.

    Args:
        q: queries, (..., n, d).
        k: keys, (..., m, d).
        v: values, (..., m, dv).
        mask: booleans that broadcast to (..., n, m); True means may attend. None: all may.

    Returns:
        (output, weights): (..., n, dv) and (..., n, m).
    """
    raise NotImplementedError
