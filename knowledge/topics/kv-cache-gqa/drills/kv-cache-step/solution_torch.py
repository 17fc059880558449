import torch


def kv_cache_step(
    x: torch.Tensor,
    w_q: torch.Tensor,
    w_k: torch.Tensor,
    w_v: torch.Tensor,
    w_o: torch.Tensor,
    k_cache: torch.Tensor,
    v_cache: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return output (batch, d_out), and caches longer by the new token, (batch, g, t + 1, dh)."""
    batch, groups, _, size = k_cache.shape
    q = (x @ w_q).view(batch, -1, 1, size)
    keys = torch.cat([k_cache, (x @ w_k).view(batch, groups, 1, size)], dim=2)
    values = torch.cat([v_cache, (x @ w_v).view(batch, groups, 1, size)], dim=2)
    shared = q.shape[1] // groups
    scores = q @ keys.repeat_interleave(shared, dim=1).transpose(-2, -1) / size**0.5
    weights = torch.softmax(scores, dim=-1)
    output = (weights @ values.repeat_interleave(shared, dim=1)).reshape(batch, -1) @ w_o
    return output, keys, values
