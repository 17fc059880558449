"""An Elman RNN by hand learns to add binary numbers of any length: its state has to hold the carry."""

import numpy as np

STEPS = 800  # training steps, 500..3000
BITS = 8  # length of the numbers it trains on, 6..16
HIDDEN = 16  # size of the state, 12..64
RECURRENT = True  # False: the state is not handed on to the next step
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
shapes = {"W": (2, HIDDEN), "U": (HIDDEN, HIDDEN), "b": (1, HIDDEN), "V": (HIDDEN, 1), "c": (1, 1)}
p = {k: rng.normal(0, s[0] ** -0.5, s) if k in "WUV" else np.zeros(s) for k, s in shapes.items()}


def sums(count, bits):
    """Draw pairs of numbers; return their bits, lowest first (bits, count, 2), and the sum's (bits, count, 1)."""
    a, b = rng.integers(0, 2**bits, (2, count))
    return [n >> np.arange(bits)[:, None, None] & 1 for n in (np.stack([a, b], 1), (a + b)[:, None])]


def forward(p, x):
    h = [np.zeros((x.shape[1], HIDDEN))]
    for x_t in x:  # the same W, U and b at every step
        h.append(np.tanh(x_t @ p["W"] + RECURRENT * h[-1] @ p["U"] + p["b"]))
    return np.array(h), 1 / (1 + np.exp(-(h[1:] @ p["V"] + p["c"])))


def loss_and_grads(p, x, y):
    """Backpropagation through time: walk the loop of `forward` backwards."""
    h, out = forward(p, x)
    err, grads, dh = (out - y) / y.size, {k: np.zeros(s) for k, s in shapes.items()}, 0
    for t in reversed(range(len(x))):  # x[t] made h[t + 1] out of h[t]
        dz = (err[t] @ p["V"].T + dh) * (1 - h[t + 1] ** 2)  # from the output at t and from the later steps
        parts = {"W": x[t].T @ dz, "U": RECURRENT * h[t].T @ dz, "b": dz, "V": h[t + 1].T @ err[t], "c": err[t]}
        for k, part in parts.items():  # shared weights: the gradients of all steps add up
            grads[k] += part if k in "WUV" else part.sum(0)
        dh = RECURRENT * dz @ p["U"].T
    return -np.log(np.where(y, out, 1 - out)).mean(), grads


x, y = sums(32, BITS)
way, eps = {k: rng.normal(size=s) for k, s in shapes.items()}, 1e-5  # finite differences along a random direction
up, down = (loss_and_grads({k: p[k] + e * way[k] for k in p}, x, y)[0] for e in (eps, -eps))
slope = sum((g * way[k]).sum() for k, g in loss_and_grads(p, x, y)[1].items())
error = abs((up - down) / (2 * eps) - slope) / abs(slope)
print(f"BPTT against finite differences: {'agrees' if error < 1e-6 else 'DIFFERS'}\n\n step   loss")
m, v = ({k: np.zeros(s) for k, s in shapes.items()} for _ in range(2))
for step in range(1, STEPS + 1):
    loss, grads = loss_and_grads(p, *sums(32, BITS))
    for k, g in grads.items():  # Adam
        m[k], v[k] = 0.9 * m[k] + 0.1 * g, 0.999 * v[k] + 0.001 * g**2
        p[k] -= 0.01 * m[k] / (1 - 0.9**step) / (np.sqrt(v[k] / (1 - 0.999**step)) + 1e-8)
    if step in (1, STEPS // 4, STEPS):
        print(f"{step:5} {loss:6.3f}")
right = {bits: ((forward(p, x)[1] > 0.5) == y).all(0).mean() for bits in (BITS, 40) for x, y in [sums(500, bits)]}
print("\nwhole sums right (mod 2^bits), of 500 new pairs:")
print(*(f"{n:3}-bit numbers: {share:4.0%}" for n, share in right.items()), sep="\n")
assert error < 1e-6, "backpropagation through time must agree with finite differences"
assert min(right.values()) > 0.95, "the net should add, also numbers far longer than those it was trained on"
