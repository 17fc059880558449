"""How much of the gradient is left k steps earlier in a fresh RNN: the norm of dh_T / dh_(T-k)."""

import matplotlib.pyplot as plt
import numpy as np

plt.switch_backend("Agg")  # draws into a file, needs no window

STEPS = 60  # length of the sequence, 40..150
HIDDEN = 64  # size of the state, 32..128
SCALE = 1.5  # singular values of U in the last two runs, 0.5..1.8
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
Q = np.linalg.qr(rng.normal(size=(HIDDEN, HIDDEN)))[0]  # orthogonal: all singular values are 1


def reach(scale, drive):
    """Return the spectral norms of dh_T/dh_(T-k), k = 0..STEPS, for U = scale Q and W x_t of size `drive`."""
    U, h, slopes = scale * Q, np.zeros(HIDDEN), []
    for _ in range(STEPS):
        h = np.tanh(rng.normal(0, drive, HIDDEN) + U @ h)  # tanh(W x_t + U h_(t-1)), where W x_t is noise
        slopes.append(1 - h**2)
    jacobian, norms = np.eye(HIDDEN), [1.0]
    for slope in reversed(slopes):
        jacobian = jacobian @ (slope[:, None] * U)  # one step back: dh_t/dh_(t-1) = diag(1 - h_t^2) U
        norms.append(np.linalg.norm(jacobian, 2))
    return np.array(norms)


runs = {
    "0.9 Q, small inputs": reach(0.9, 0.1),
    "1.0 Q, small inputs": reach(1.0, 0.1),
    f"{SCALE} Q, small inputs": reach(SCALE, 0.1),
    f"{SCALE} Q, large inputs": reach(SCALE, 2.0),
}
print(f"gradient left after {10:>9} {STEPS // 2:>8} {STEPS:>8} steps")
plt.figure(figsize=(6.4, 4.4), layout="constrained")
for (name, norms), style in zip(runs.items(), ("-", "--", "-.", ":"), strict=True):
    print(f"U = {name:19}", *(f"{norms[k]:6.0e}" for k in (10, STEPS // 2, STEPS)), sep="   ")
    plt.semilogy(norms, style, linewidth=2.5, label=f"U = {name}")
plt.plot(0.9 ** np.arange(STEPS + 1), color="grey", linewidth=1, label="bound $0.9^k$")
plt.gca().set(xlabel="k, steps back in time", ylabel=r"norm of $\partial h_T / \partial h_{T-k}$, log scale")
plt.grid(alpha=0.3)
plt.legend(title="recurrent matrix (Q orthogonal)")
plt.savefig("reach.png", dpi=180)

bounded, orthogonal, grown, saturated = runs.values()
assert (bounded <= 0.9 ** np.arange(STEPS + 1) * (1 + 1e-9)).all(), "norm 0.9: the gradient must shrink every step"
assert orthogonal[-1] < 0.5, "even an orthogonal U loses gradient, to the slope of tanh"
assert grown[-1] > 10, "singular values above 1, small inputs: the gradient should explode"
assert saturated[-1] < 0.01, "the same U, saturated by large inputs: the gradient should vanish"
