"""Post-norm shrinks the input's share by √2 per sublayer, pre-norm lets it through: measured in an untrained stack."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

PRE_NORM = True  # True: x + f(norm(x)); False: norm(x + f(x)), as in 2017
WIDTH = 128  # width of the residual stream, 64..256
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
depths = [1, 2, 4, 6, 12, 24]

def norm(x):
    return (x - x.mean(-1, keepdims=True)) / x.std(-1, keepdims=True)

def sublayer():
    """Return a random feed-forward sublayer f whose output has variance 1 for an input of variance 1."""
    a = rng.standard_normal((WIDTH, 4 * WIDTH)) * (2 / WIDTH) ** 0.5
    b = rng.standard_normal((4 * WIDTH, WIDTH)) * (4 * WIDTH) ** -0.5
    return lambda x: np.maximum(x @ a, 0) @ b

def measure(depth, pre):
    """Return the correlation of output and input, and the output's standard deviation before a last norm."""
    start = x = norm(rng.standard_normal((200, WIDTH)))
    for _ in range(depth):
        f = sublayer()
        x = x + f(norm(x)) if pre else norm(x + f(x))
    return (norm(x) * start).mean(), x.std()

post = np.array([measure(depth, False) for depth in depths])
used = np.array([measure(depth, PRE_NORM) for depth in depths])
kind = "pre-norm" if PRE_NORM else "post-norm"
print("share of the input in the output (correlation), and size")
print(f"sublayers  post-norm  2^(-L/2)   {kind:>9}  1/√(1+L)   std")
for L, (share, _), (share2, std) in zip(depths, post, used):
    print(f"{L:9}  {share:9.3f}  {2 ** (-L / 2):8.3f}   {share2:9.3f}  {(1 + L) ** -0.5:8.3f}  {std:4.1f}")

plt.figure(figsize=(7, 4), layout="constrained")
plt.plot(depths, post[:, 0], "o-", color="tab:red", label="post-norm: norm(x + f(x))")
plt.plot(depths, used[:, 0], "s-", color="tab:blue", label="pre-norm: x + f(norm(x))" if PRE_NORM else "post-norm again")
plt.axhline(0, color="gray", lw=0.8)
plt.xlabel("sublayers L")
plt.ylabel("correlation of output and input")
plt.title("What is left of the input (untrained feed-forward sublayers)")
plt.legend()
plt.savefig("norm.png", dpi=150)

assert abs(post[2, 0] - 2**-2) < 0.12, "post-norm does not shrink the share by √2 per sublayer"
assert abs(post[-1, 0]) < 0.1, "post-norm keeps the input over 24 sublayers"
assert used[-1, 0] > 0.12, "the input does not come through 24 sublayers"
assert abs(used[-1, 1] - 5) < 0.6, "the residual stream does not grow like √(1 + L)"
