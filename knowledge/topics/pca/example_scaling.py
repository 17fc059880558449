"""Unscaled, the feature with the largest numbers is the first component; standardised, all take part."""
import numpy as np
from sklearn.datasets import load_wine

UNIT = 1.0  # factor on proline, as if measured in another unit, 0.001..10

wine = load_wine()
x = wine.data.copy()
proline = wine.feature_names.index("proline")
x[:, proline] *= UNIT

def pca(x, k=2):
    """Components as rows, shares of variance, scores."""
    centred = x - x.mean(axis=0)
    _, s, vt = np.linalg.svd(centred, full_matrices=False)
    return vt[:k], s ** 2 / (s ** 2).sum(), centred @ vt[:k].T

def neighbours(z):
    """Share of wines whose nearest other wine, in the plane of the components, is of the same kind."""
    d = ((z[:, None] - z) ** 2).sum(axis=2)
    np.fill_diagonal(d, np.inf)
    return (wine.target[d.argmin(axis=1)] == wine.target).mean()

raw, raw_share, raw_scores = pca(x)
std = (x - x.mean(axis=0)) / x.std(axis=0)
scaled, scaled_share, scaled_scores = pca(std)
values = np.linalg.eigvalsh(np.corrcoef(x.T))[::-1]

print("first component        share  largest weights")
for name, w, share in (("as measured", raw[0], raw_share[0]), ("standardised", scaled[0], scaled_share[0])):
    top = np.argsort(-np.abs(w))
    print(f"{name:20} {share:7.1%}  " + ", ".join(f"{wine.feature_names[j][:7]} {abs(w[j]):.2f}" for j in top[:2]))
print("nearest wine in two components is of the same kind:")
print(f"  as measured {neighbours(raw_scores):.2f}, standardised {neighbours(scaled_scores):.2f}")
print(f"standard deviations: proline {x[:, proline].std():.1f}, hue {x[:, wine.feature_names.index('hue')].std():.1f}")
assert np.allclose(values / values.sum(), scaled_share), "PCA of standardised data is that of the correlation matrix"
assert abs(raw[0, proline]) > 0.99 and raw_share[0] > 0.95, "proline does not dominate: its unit makes it small"
assert np.abs(scaled[0]).max() < 0.6, "after scaling no feature should dominate"
assert neighbours(scaled_scores) > neighbours(raw_scores) + 0.1, "scaling should show the kinds better"
