"""PCA by hand, with SVD and with eigenvectors, beside scikit-learn: the same up to signs, and the error is what was cut."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

K = 20  # components kept, 1..50
CENTRE = True  # False: the mean is not subtracted before the SVD

x = load_digits().data  # 1797 images of 64 pixels, 0..16
n = len(x)
mean = x.mean(axis=0) if CENTRE else np.zeros(x.shape[1])
u, s, vt = np.linalg.svd(x - mean, full_matrices=False)
w, variance = vt[:K].T, s ** 2 / (n - 1)  # directions as columns; all variances
scores = (x - mean) @ w

values, vectors = np.linalg.eigh(np.cov(x.T))  # the other way: ascending, so reversed below
values, vectors = values[::-1], vectors[:, ::-1][:, :K]
library = PCA(K, svd_solver="full").fit(x)

def apart(a, b):
    """Largest difference of two sets of columns, when each column's sign may differ."""
    signs = np.sign((a * b).sum(axis=0))
    return np.abs(a * signs - b).max()

rebuilt = scores @ w.T + mean
error = ((x - rebuilt) ** 2).sum() / (n - 1)
total = np.cumsum(variance) / variance.sum()
print(f"{n} images, 64 pixels, k = {K}")
print(f"SVD against scikit-learn: {apart(w, library.components_.T):.0e}")
print(f"eigenvectors against it:  {apart(vectors, library.components_.T):.0e}")
print(f"scores against it:        {apart(scores, library.transform(x)):.0e}")
print(f"reconstruction error {error:.4f}, dropped eigenvalues {variance[K:].sum():.4f}")
for share in (0.5, 0.8, 0.9, 0.95, 0.99):
    print(f"{share:.0%} of the variance: {np.searchsorted(total, share) + 1:2} components")
cov = np.cov(scores.T)
off = np.abs(cov - np.diag(np.diag(cov))).max() if K > 1 else 0.0

fig, axes = plt.subplots(3, 5, figsize=(6.5, 4.2), layout="constrained")
for column in range(5):
    few = (x[column] - mean) @ vt[:5].T @ vt[:5] + mean
    for ax, image in zip(axes[:, column], (x[column], few, rebuilt[column])):
        ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
        ax.set(xticks=[], yticks=[])
for ax, name in zip(axes[:, 0], ("image", "5 numbers", f"{K} numbers")):
    ax.set_ylabel(name)
fig.savefig("rebuilt.png", dpi=150)

assert abs(error - variance[K:].sum()) < 1e-6 * variance.sum(), "the error is the sum of the dropped eigenvalues"
assert apart(w, library.components_.T) < 1e-6, "not PCA: without centring the first direction is the mean"
assert apart(vectors, library.components_.T) < 1e-6, "eigenvectors of the covariance are the components"
assert apart(scores, library.transform(x)) < 1e-6 and off < 1e-6, "the scores agree and are uncorrelated"
