import numpy as np


def lora(
    x: np.ndarray, w: np.ndarray, a: np.ndarray, b: np.ndarray, alpha: float, mask: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """A linear layer with LoRA, and its merged weight.

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
