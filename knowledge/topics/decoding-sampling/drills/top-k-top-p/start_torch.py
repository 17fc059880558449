import torch


def top_k_top_p(logits: torch.Tensor, k: int = 0, p: float = 1.0, temperature: float = 1.0) -> torch.Tensor:
    """Filter by top-k, then by top-p, and renormalise.

    Floats are float64; torch.zeros and its like make float32 unless told otherwise.

    Args:
        logits: (..., vocab); may hold -inf, though never in a whole row.
        k: how many tokens to keep in each row; 0 keeps all.
        p: keep the shortest prefix whose probability reaches p; 0 < p <= 1.
        temperature: what the logits are divided by; positive.

    Returns:
        Probabilities, (..., vocab); 0 for what is not kept.
    """
    raise NotImplementedError
