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
    """Take one decoding step of grouped-query attention (h query heads, g KV heads).

    Floats are float64; torch.zeros and its like make float32 unless told otherwise.

    Args:
        x: the new token, (batch, d).
        w_q: (d, h * dh).
        w_k, w_v: (d, g * dh).
        w_o: (h * dh, d_out).
        k_cache, v_cache: keys and values so far, (batch, g, t, dh); t may be 0.

    Returns:
        (output, k_cache, v_cache): (batch, d_out), and the new caches, (batch, g, t + 1, dh).
        Query head i uses KV head i // (h // g).
    """
    raise NotImplementedError
