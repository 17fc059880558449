import torch


def top_k_top_p(logits: torch.Tensor, k: int = 0, p: float = 1.0, temperature: float = 1.0) -> torch.Tensor:
    """Filter by top-k, then by top-p, and renormalise: (..., vocab) to (..., vocab)."""
    ranked, order = torch.sort(logits / temperature, dim=-1, descending=True, stable=True)
    if k > 0:
        ranked[..., k:] = float("-inf")
    probs = torch.softmax(ranked, dim=-1)
    # The mass before a token, not with it: so the one that crosses p stays, and the first always does.
    before = probs.cumsum(dim=-1) - probs
    probs = probs.masked_fill(before >= p, 0.0)
    probs = probs / probs.sum(dim=-1, keepdim=True)
    return torch.zeros_like(probs).scatter(-1, order, probs)
