import numpy as np


def pca(x, k):
    u, s, vt = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    peaks = np.argmax(np.abs(vt), axis=1)
    signs = np.sign(vt[np.arange(vt.shape[0]), peaks])
    components = (vt * signs[:, None])[:k]
    var = s**2 / (len(x) - 1)
    return components, x @ components.T, var[:k], (var / var.sum())[:k]
