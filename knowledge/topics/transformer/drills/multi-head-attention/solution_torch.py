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
    """Multi-head self-attention: (batch, n, d) to (batch, n, d)."""
    batch, n, _ = x.shape

    def split(projected: torch.Tensor) -> torch.Tensor:
        """(batch, n, a) to (batch, heads, n, dh)."""
        return projected.view(batch, n, heads, -1).transpose(1, 2)

    q, k, v = split(x @ w_q), split(x @ w_k), split(x @ w_v)
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    if causal:
        future = torch.ones(n, n, dtype=torch.bool, device=x.device).triu(diagonal=1)
        scores = scores.masked_fill(future, float("-inf"))
    weights = torch.softmax(scores, dim=-1)
    merged = (weights @ v).transpose(1, 2).reshape(batch, n, -1)
    return merged @ w_o
