"""Move a picture by one pixel: pooled feature maps change far less than raw or merely subsampled ones."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.datasets import load_sample_image

POOLING = "max"  # the method to be tested: one of max, average, subsample
SHIFT = 1  # pixels by which the picture moves, 1..2
SEED = 0  # random seed that picks the patches, 0..9999

photo = load_sample_image("china.jpg").mean(axis=2) / 255
sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4
kernels = np.stack([sobel, -sobel, sobel.T, -sobel.T])
maps = np.maximum(np.einsum("ijuv,cuv->cij", sliding_window_view(photo, (3, 3)), kernels), 0)  # 4 ReLU maps
rng = np.random.default_rng(SEED)
rows, columns = (rng.integers(0, n - 40, 300) for n in maps.shape[1:])

def patches(shift):  # 300 patches of 32×32, seen through a frame moved by `shift`
    return np.stack([maps[:, r:r + 32, c + shift:c + shift + 32] for r, c in zip(rows, columns)])

def reduce(x, k, method):
    if method == "subsample":
        return x[:, :, ::k, ::k]  # keep one value of each k×k window, as a bare stride does
    blocks = x.reshape(*x.shape[:2], 32 // k, k, 32 // k, k)
    return blocks.max(axis=(3, 5)) if method == "max" else blocks.mean(axis=(3, 5))

def change(k, method):  # 0: nothing changed; 1: as different as another place in the photo
    before, after = (reduce(x, k, method).reshape(300, -1) for x in (here, there))
    other = before[::-1]
    return np.linalg.norm(after - before, axis=1).mean() / np.linalg.norm(other - before, axis=1).mean()

here, there, sizes = patches(0), patches(SHIFT), (1, 2, 4, 8)
curves = {method: [change(k, method) for k in sizes] for method in ("max", "average", "subsample")}
print(f"change of the features when the photo moves by {SHIFT}")
print("window     max  average  subsample")
for n, k in enumerate(sizes):
    print(f"{k}×{k} {curves['max'][n]:10.2f} {curves['average'][n]:8.2f} {curves['subsample'][n]:10.2f}")

fig, axes = plt.subplot_mosaic([["plot", "a", "b"], ["plot", "c", "d"]], figsize=(8, 3.8), layout="constrained",
                               width_ratios=(1.7, 1, 1))
for (method, values), style in zip(curves.items(), ("o-", "s--", "^:")):
    axes["plot"].plot(sizes, values, style, lw=3, ms=9, label=method)
axes["plot"].set(xlabel="window and stride (1: no pooling)", ylabel="change, 1 = another place", xticks=sizes, ylim=0)
axes["plot"].legend(fontsize=12)
best = here[:, 0].std(axis=(1, 2)).argmax()
for name, x, k, title in (("a", here, 1, "edge map"), ("b", there, 1, f"moved by {SHIFT}"),
                          ("c", here, 4, f"{POOLING} 4×4"), ("d", there, 4, f"moved by {SHIFT}")):
    axes[name].imshow(reduce(x[best:best + 1], k, POOLING)[0, 0], cmap="viridis", vmin=0, vmax=here[best, 0].max())
    axes[name].set(title=title, xticks=[], yticks=[])
plt.savefig("shift.png", dpi=160)
assert curves[POOLING][2] < 0.6 * curves[POOLING][0], f"{POOLING} does not absorb the shift"
assert curves["subsample"][2] > 0.9 * curves["subsample"][0], "dropping pixels alone already helps"
