import numpy as np


def sinusoidal_positions(length: int, d: int, base: float = 10000.0) -> np.ndarray:
    """Sinusoidal positions: even columns sines, odd columns cosines.

    Args:
        length: number of positions, from 0.
        d: width of the encoding; may be odd.
        base: what the frequencies are powers of.

    Returns:
        (length, d).
    """
    raise NotImplementedError
