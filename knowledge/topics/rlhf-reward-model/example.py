"""A reward model learns from pairs alone (Bradley–Terry): no answer ever gets a score, yet the hidden reward comes out."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

PAIRS = 4000  # comparisons by raters, 1500..20000
FEATURES = 20  # size of the (toy) representation of an answer, 5..30
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
taste = rng.standard_normal(FEATURES) * 1.5 / np.sqrt(FEATURES)  # the raters' hidden taste

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def compare(n):
    """Return features of chosen and rejected: the better one wins with probability σ(difference of rewards)."""
    a, b = rng.standard_normal((2, n, FEATURES))
    first = rng.random(n) < sigmoid((a - b) @ taste)
    return np.where(first[:, None], a, b), np.where(first[:, None], b, a)

def fit(chosen, rejected):
    d, w = chosen - rejected, np.zeros(FEATURES)
    for _ in range(300):  # gradient descent on the mean of −log σ(r_w − r_l)
        w += 0.5 * ((1 - sigmoid(d @ w))[:, None] * d).mean(axis=0)
    return w

fresh_w, fresh_l = compare(4000)  # held-out pairs
gap = (fresh_w - fresh_l) @ taste
ceiling = sigmoid(np.abs(gap)).mean()  # nobody can foresee a noisy rater better than this
sizes = [30, 100, 300, 1000, PAIRS]
chosen, rejected = compare(max(sizes))
agree, same_order = [], []
print("       held-out agreement with")
print(" pairs  noisy labels  hidden reward")
for n in sizes:
    w = fit(chosen[:n], rejected[:n])
    score = (fresh_w - fresh_l) @ w
    agree.append((score > 0).mean())
    same_order.append(((score > 0) == (gap > 0)).mean())
    print(f"{n:6}  {agree[-1]:12.2f}  {same_order[-1]:13.2f}")
print(f"best possible on such labels: {ceiling:.2f}")
right = np.corrcoef(fresh_w @ w, fresh_w @ taste)[0, 1]
print(f"correlation of learnt and hidden reward: {right:.2f}")

fig, axes = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained")
axes[0].plot(sizes, same_order, "s-", color="tab:green", label="with the hidden reward")
axes[0].plot(sizes, agree, "o-", color="tab:blue", label="with the raters' labels")
axes[0].axhline(ceiling, color="gray", ls="--", label="ceiling of the labels")
axes[0].set(xscale="log", xlabel="pairs seen", title="held-out agreement", ylim=(0.5, 1.02))
axes[0].legend()
axes[1].plot(fresh_w[:500] @ taste, fresh_w[:500] @ w, ".", ms=4, color="tab:green")
axes[1].set(xlabel="hidden reward", ylabel="learnt reward", title=f"single answers, {PAIRS} pairs")
plt.savefig("reward.png", dpi=150)

assert right > 0.95, "the reward was not recovered"
assert agree[-1] > ceiling - 0.03, "the model stays below what the labels allow"
assert agree[-1] < same_order[-1] - 0.1, "the labels are not noisy: agreement says it all"
