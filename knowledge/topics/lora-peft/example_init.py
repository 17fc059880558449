"""How LoRA starts: B = 0 keeps the model as it was and still learns; both zero never learns; both random disturbs."""
import numpy as np

A_START = 1.0  # scale of A's random start; 0 starts A at zero, too, 0..4
RANK = 4  # columns of B, rows of A, 1..16
STEPS = 500  # steps of gradient descent, 100..2000
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
d, n, rate = 32, 256, 0.1
X = rng.standard_normal((n, d))
W = rng.standard_normal((d, d)) / np.sqrt(d)
change = rng.standard_normal((d, RANK)) @ rng.standard_normal((RANK, d)) / np.sqrt(d * RANK)
Y = X @ (W + change).T

def run(A, B):
    """Return the first output's distance from the old model, the first gradients' sizes, and the losses."""
    moved = np.abs(X @ (B @ A).T).max()
    first = None
    losses = []
    for _ in range(STEPS):
        error = X @ (W + B @ A).T - Y
        losses.append((error**2).mean())
        G = error.T @ X / n
        gA, gB = B.T @ G, G @ A.T
        first = first or (np.linalg.norm(gA), np.linalg.norm(gB))
        A, B = A - rate * gA, B - rate * gB
    return moved, first, losses

random_a = rng.standard_normal((RANK, d)) / np.sqrt(d)
random_b = rng.standard_normal((d, RANK)) / np.sqrt(d)
starts = {
    "A random, B = 0": (A_START * random_a, np.zeros((d, RANK))),
    "A = 0, B = 0": (np.zeros((RANK, d)), np.zeros((d, RANK))),
    "A, B random": (random_a, random_b),
}
results = {name: run(*start) for name, start in starts.items()}
print("start            output moved  |dA|  |dB|  loss: first  last")
for name, (moved, (ga, gb), losses) in results.items():
    print(f"{name:16} {moved:12.2f} {ga:5.2f} {gb:5.2f} {losses[0]:12.3f} {losses[-1]:5.3f}")

moved, _, losses = results["A random, B = 0"]
_, gradients, dead = results["A = 0, B = 0"]
assert moved == 0, "the model has changed before the first step"
assert max(gradients) == 0 and dead[-1] == dead[0], "both at zero and yet something is learned"
assert losses[-1] < 0.05 * losses[0], "B = 0 with this A does not learn"
assert results["A, B random"][2][0] > 1.05 * losses[0], "two random factors do not disturb the model"
