import torch


def multi_head_attention(
    x: torch.Tensor,
    w_q: torch.Tensor,
    w_k: torch.Tensor,
    w_v: torch.Tensor,
    w_o: torch.Tensor,
    heads: int,
    causal: bool = False,
) -> torch.Tensor:
    """Multi-head self-attention without biases.

    Floats are float64; torch.zeros and its like make float32 unless told otherwise.

    Args:
        x: (batch, n, d).
        w_q, w_k, w_v: projections, (d, a); head h uses the adjacent columns h*dh … (h+1)*dh - 1, dh = a // heads.
        w_o: output projection, (a, d).
        heads: number of heads; divides a.
        causal: whether position i attends to 0…i only.

    Returns:
        (batch, n, d).
    """
    raise NotImplementedError
