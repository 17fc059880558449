"""Change of edge maps when a photo moves by one pixel: pooled, merely subsampled, blurred first; 10 seeds of patches."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows
from sklearn.datasets import load_sample_image

photo = load_sample_image("china.jpg").mean(axis=2) / 255
sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4
kernels = np.stack([sobel, -sobel, sobel.T, -sobel.T])
maps = np.maximum(np.einsum("ijuv,cuv->cij", windows(photo, (3, 3)), kernels), 0)


def largest(x, k):
    return windows(x, (k, k), axis=(1, 2)).max(axis=(3, 4))


def mean(x, k):
    return windows(x, (k, k), axis=(1, 2)).mean(axis=(3, 4))


stages = {  # what every value of the map becomes before each fourth is kept
    "4x4 max": largest(maps, 4),
    "4x4 average": mean(maps, 4),
    "keep every 4th": maps,
    "max, then blur": mean(largest(maps, 4), 4),
    "7x7 max": largest(maps, 7),
    "7x7 average": mean(maps, 7),
}


def change(stage, rows, columns):
    """Return how much 300 patches change, as a share of what another place in the photo would change."""
    def features(shift):
        return np.stack([stage[:, r : r + 32 : 4, c + shift : c + shift + 32 : 4] for r, c in zip(rows, columns)])

    here, there = (features(shift).reshape(len(rows), -1) for shift in (0, 1))
    return np.linalg.norm(there - here, axis=1).mean() / np.linalg.norm(here[::-1] - here, axis=1).mean()


for name, stage in stages.items():
    values = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        rows, columns = (rng.integers(0, n - 42, 300) for n in maps.shape[1:])
        values.append(change(stage, rows, columns))
    print(f"{name}: {' '.join(f'{value:.4f}' for value in values)}")
