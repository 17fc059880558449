"""RoPE: rotate q by its position m and k by its position n, and their score depends on n - m alone."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

ROTATE_KEYS = True  # False: only the queries are rotated
BASE = 10000.0  # pair i turns by BASE^(-2i/d) per position, 100..1000000
SIZE = 64  # numbers per head, even, 16..128
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
speeds = BASE ** (-np.arange(0, SIZE, 2) / SIZE)  # radians per position: 1, then slower and slower

def rope(x, position):
    """Turn pair i of x, the entries 2i and 2i + 1, by position * speeds[i]."""
    cos, sin = np.cos(position * speeds), np.sin(position * speeds)
    even, odd = x[0::2], x[1::2]
    out = np.empty_like(x)
    out[0::2], out[1::2] = even * cos - odd * sin, even * sin + odd * cos
    return out

q, k = rng.standard_normal((2, SIZE))

def score(m, n):
    return rope(q, m) @ (rope(k, n) if ROTATE_KEYS else k)

distances = (0, 1, 5, 50)
print("n - m   score at m = 0   at m = 17   at m = 400")
scores = np.array([[score(m, m + d) for m in (0, 17, 400)] for d in distances])
for d, row in zip(distances, scores):
    print(f"{d:5} {row[0]:16.6f} {row[1]:11.6f} {row[2]:12.6f}")
print(f"length of q: {np.linalg.norm(q):.6f}, rotated: {np.linalg.norm(rope(q, 400)):.6f}")

# With q = k the score at distance 0 is the largest, and it wavers towards 0 as the pairs get out of step.
far = np.arange(0, 201)
same = np.array([rope(np.ones(SIZE), 0) @ rope(np.ones(SIZE), d) for d in far]) / SIZE
fig, axes = plt.subplots(1, 2, figsize=(8, 3.6), layout="constrained")
for i in (4, 8, 16):
    axes[0].plot(far[:101], np.cos(far[:101] * speeds[i % len(speeds)]), label=f"pair {i % len(speeds)}")
axes[0].set(title="each pair turns at its own speed", xlabel="distance", ylabel="cosine of the angle")
axes[0].legend(loc="lower left")
axes[1].plot(far, same, color="tab:red")
axes[1].set(title="score of equal vectors", xlabel="distance n - m", ylabel="relative to distance 0")
plt.savefig("rope.png", dpi=150)

assert np.allclose(scores, scores[:, :1]), "the score depends on more than the distance n - m"
assert np.isclose(np.linalg.norm(rope(q, 400)), np.linalg.norm(q)), "a rotation changes no length"
assert np.ptp(scores[:, 0]) > 0.1, "the score does not depend on the distance"
assert same[0] == same.max() and np.abs(same[100:]).max() < 0.6, "far positions match as well as near ones"
