"""Reward hacking: raters favour length, the reward model learns that, and selection drives it too far. A toy."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

LENGTH_BIAS = 1.5  # how much raters favour the longer answer whatever its worth, 1.3..2.0
PAIRS = 3000  # labelled pairs of ordinary answers, 2000..10000
ROUNDS = 1000  # prompts for which the best of n is taken, 600..2000
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)

def draw(*shape):  # an answer is (content, length), each standardised over the SFT model's answers
    return rng.standard_normal((*shape, 2))

def worth(x):  # the true worth: content, less a price for answers of unusual length
    return x[..., 0] - 0.4 * x[..., 1] ** 2

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

a, b = draw(2, PAIRS)
liking = worth(a) - worth(b) + LENGTH_BIAS * (a[:, 1] - b[:, 1])
first = rng.random(PAIRS) < sigmoid(liking)
d = np.where(first[:, None], a - b, b - a)  # chosen minus rejected
w = np.zeros(2)
for _ in range(300):  # Bradley–Terry: −log σ(r_w − r_l), reward linear in content and length
    w += 0.5 * ((1 - sigmoid(d @ w))[:, None] * d).mean(axis=0)
print(f"learnt reward = {w[0]:.2f} · content + {w[1]:.2f} · length")
print(f"right on {(d @ w > 0).mean():.0%} of the pairs")

sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256]
proxy, true, length, pool = [], [], [], draw(ROUNDS, sizes[-1])
for n in sizes:  # best of n: the stronger the selection, the further from the SFT model
    pick = (pool[:, :n] @ w).argmax(axis=1)
    best = pool[np.arange(ROUNDS), pick]
    proxy.append((best @ w).mean())
    true.append(worth(best).mean())
    length.append(best[:, 1].mean())
kl = [np.log(n) - (n - 1) / n for n in sizes]
print("  n   KL  reward model  true worth  length")
for row in zip(sizes, kl, proxy, true, length):
    print("{:3} {:4.1f} {:13.2f} {:11.2f} {:7.2f}".format(*row))
peak = int(np.argmax(true))
fig, axes = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained")
axes[0].plot(kl, proxy, "o-", color="tab:blue", label="score by the reward model")
axes[0].plot(kl, length, "^:", color="gray", label="length (standard deviations)")
axes[0].set_title("what selection raises")
axes[1].plot(kl, true, "s-", color="tab:red")
axes[1].axvline(kl[peak], color="gray", ls="--", label=f"best n = {sizes[peak]}")
axes[1].set_title("true worth")
for ax in axes:
    ax.legend(title="mean of the picked answers")
fig.supxlabel("KL to the SFT model, log n − (n − 1)/n, n = 1 to 256")
plt.savefig("hacking.png", dpi=150)

assert np.all(np.diff(proxy) > 0), "selection does not raise the reward model's score"
assert 0 < peak < len(sizes) - 2, "the true worth keeps rising: no over-optimisation"
assert true[-1] < true[peak] - 0.1, "the true worth does not fall after its peak"
