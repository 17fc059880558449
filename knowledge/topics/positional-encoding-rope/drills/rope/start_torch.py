import torch


def rope(x: torch.Tensor, positions: torch.Tensor, base: float = 10000.0) -> torch.Tensor:
    """Rotate neighbouring pairs of the last axis by position.

    Floats are float64; torch.zeros and its like make float32 unless told otherwise.

    Args:
        x: queries or keys, (..., n, d), d even; columns 2i and 2i+1 make a pair.
        positions: integers, (n,).
        base: pair i turns by position * base ** (-2i / d).

    Returns:
        (..., n, d).
    """
    raise NotImplementedError
