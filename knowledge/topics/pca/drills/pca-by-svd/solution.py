import numpy as np


def pca(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    n = len(x)
    u, s, vt = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    variances = s**2 / (n - 1)
    ratios = variances / variances.sum()

    # The SVD leaves the sign of each component open: make its largest entry positive, and turn the scores with it.
    peaks = np.abs(vt).argmax(axis=1, keepdims=True)
    signs = np.sign(np.take_along_axis(vt, peaks, axis=1))  # a column, one sign for each row of vt
    components = vt * signs
    scores = u * s * signs.T
    return components[:k], scores[:, :k], variances[:k], ratios[:k]
