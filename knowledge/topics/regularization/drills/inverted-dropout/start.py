import numpy as np


def dropout(
    x: np.ndarray, uniforms: np.ndarray, rate: float, training: bool, dout: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Inverted dropout: output and gradient.

    x, uniforms, dout: any shape, all three the same; uniforms in [0, 1)
    rate: probability of dropping, 0 <= rate < 1; an element stays where uniforms >= rate
    training: False leaves everything as it is

    Returns (out, dx), both of the shape of x.
    """
    raise NotImplementedError
