"""How many pooling windows see each pixel: overlap, gaps, and the row that rounding down forgets."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

SIZE = 9  # side of the feature map, 7..15
WINDOW = 3  # side of the pooling window, 1..5
STRIDE = 2  # step from one window to the next, 1..5

def coverage(n, k, s):
    """Count the windows over each pixel; 'valid': a window must lie wholly inside."""
    seen, starts = np.zeros((n, n), int), [i for i in range(0, n, s) if i + k <= n]
    for i in starts:
        for j in starts:
            seen[i:i + k, j:j + k] += 1
    return seen, len(starts)

cases = {"yours": (WINDOW, STRIDE), "halving": (2, 2), "no overlap": (3, 3), "gaps": (2, 3)}
fig, axes = plt.subplots(2, 2, figsize=(7.6, 7.6), layout="constrained")
lost, agree = {}, True
print(f"{SIZE}×{SIZE} map   window stride  out  formula  unseen  most")
for ax, (name, (k, s)) in zip(axes.flat, cases.items()):
    seen, out = coverage(SIZE, k, s)
    formula = (SIZE - k) // s + 1
    agree = agree and out == formula
    lost[name] = (seen == 0).sum()
    print(f"{name:10} {k:7} {s:6} {out:4} {formula:8} {lost[name]:7} {seen.max():5}")
    ax.imshow(seen, cmap="viridis", vmin=0, vmax=4)
    for (i, j), count in np.ndenumerate(seen):
        ax.text(j, i, count, ha="center", va="center", color="black" if count > 2 else "white", fontsize=11)
    ax.set_title(f"window {k}, stride {s}: {out}×{out}, {lost[name]} unseen", fontsize=13)
    ax.set(xticks=[], yticks=[])
fig.supxlabel("number of windows that see each pixel", fontsize=12)
plt.savefig("coverage.png", dpi=130)
assert agree, "the formula for the output size is wrong"
assert lost["yours"] == 0, f"{lost['yours']} pixels never reach the output"
