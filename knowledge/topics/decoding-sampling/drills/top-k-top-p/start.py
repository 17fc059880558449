import numpy as np


def top_k_top_p(logits: np.ndarray, k: int = 0, p: float = 1.0, temperature: float = 1.0) -> np.ndarray:
    """Filter by top-k, then by top-p, and renormalise.

    Args:
        logits: (..., vocab); may hold -inf, though never in a whole row.
        k: how many tokens to keep in each row; 0 keeps all.
        p: keep the shortest prefix whose probability reaches p; 0 < p <= 1.
        temperature: what the logits are divided by; positive.

    Returns:
        Probabilities, (..., vocab); 0 for what is not kept.
    """
    raise NotImplementedError
