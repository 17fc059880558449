import numpy as np


def pca(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Find the first k principal components by a singular value decomposition.

    Args:
        x: (n, d), one row a sample; columns are centred, not scaled.
        k: how many components, at most min(n - 1, d).

    Returns:
        components: (k, d), unit rows, largest variance first; the largest entry by absolute value is positive.
        scores: (n, k), the centred samples along the components.
        variances: (k,), sample variances (n - 1) along the components.
        ratios: (k,), their shares of the total variance.
    """
    raise NotImplementedError
