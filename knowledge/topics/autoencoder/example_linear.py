"""A linear autoencoder finds PCA's subspace, but not PCA's axes."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from scipy.linalg import subspace_angles
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

CODE = 4  # numbers in the code, 2..6
CENTERED = True  # subtract the mean image first
STEPS = 3000  # gradient steps, 500..10000
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
X = load_digits().data / 16
pca = PCA(CODE).fit(X)  # centres by itself
if CENTERED:
    X = X - X.mean(0)
C = X.T @ X / len(X)  # all that the squared error needs to know of the data
E, D = rng.normal(0, 0.1, (64, CODE)), rng.normal(0, 0.1, (CODE, 64))  # code = x E, output = code D
rate = 0.14 / np.linalg.eigvalsh(C)[-1]  # the largest eigenvalue sets the speed limit
for _ in range(STEPS):  # gradient descent on ½·E‖x E D − x‖²
    miss = C @ (E @ D - np.eye(64))
    E, D = E - rate * miss @ D.T, D - rate * E.T @ miss

def angle(a, b):  # between two directions, in degrees, whatever their sign
    return np.degrees(np.arccos(min(1, abs(a @ b) / np.linalg.norm(a) / np.linalg.norm(b))))

loss = np.trace((np.eye(64) - E @ D).T @ C @ (np.eye(64) - E @ D))
optimum = np.linalg.eigvalsh(C)[:-CODE].sum()  # what the best plane of this size must leave
between = np.degrees(subspace_angles(D.T, pca.components_.T).max())
off_axis = [min(angle(d, axis) for axis in pca.components_) for d in D]
codes = np.corrcoef((X @ E).T)
print(f"squared error per image: {loss:.3f} (optimum {optimum:.3f})")
print(f"largest angle between the subspaces: {between:.2f} deg")
print("decoder rows off the nearest PCA axis:", " ".join(f"{a:.0f}" for a in off_axis), "deg")
print(f"largest correlation of two code units: {abs(codes - np.eye(CODE)).max():.2f} (PCA: 0)")

turned = np.linalg.lstsq(D.T, pca.components_.T, rcond=None)[0].T @ D  # the best mixture of D's rows
fig, axes = plt.subplots(3, CODE, figsize=(1.9 * CODE, 6.2), layout="constrained", squeeze=False)
for row, images, name in zip(axes, (pca.components_, D, turned), ("PCA axis", "decoder row", "mixture of rows")):
    for i, (ax, image) in enumerate(zip(row, images), 1):
        ax.imshow(image.reshape(8, 8), cmap="PiYG", vmin=-abs(image).max(), vmax=abs(image).max())
        ax.set(xticks=[], yticks=[])
        ax.set_title(f"{name} {i}", fontsize=12)
plt.savefig("subspace.png", dpi=140)
assert between < 1, "the decoder spans another subspace than PCA"
assert max(off_axis) > 10, "the decoder found PCA's axes"
