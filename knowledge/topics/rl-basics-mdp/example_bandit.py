"""A ten-armed bandit: without exploration the greedy choice locks onto an arm that looked good by luck."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

EPSILON = 0.1  # probability of a random arm, 0.0..1.0
STEPS = 1000  # pulls of each run, 200..5000
RUNS = 300  # independent bandits to average over, 100..1000
SEED = 0  # random seed, 0..100000
ARMS = 10  # arms of each bandit, 2..50

def play(epsilon, seed):
    """Share of runs that pull the best arm, and the mean reward, at each step."""
    rng = np.random.default_rng(seed)
    means = rng.standard_normal((RUNS, ARMS))  # a bandit in each row
    estimate, pulls = np.zeros((RUNS, ARMS)), np.zeros((RUNS, ARMS))
    rows, best, reward = np.arange(RUNS), np.zeros(STEPS), np.zeros(STEPS)
    for t in range(STEPS):
        greedy = (estimate + 1e-9 * rng.random((RUNS, ARMS))).argmax(axis=1)  # ties at random
        explore = rng.random(RUNS) < epsilon
        arm = np.where(explore, rng.integers(ARMS, size=RUNS), greedy)
        r = means[rows, arm] + rng.standard_normal(RUNS)
        pulls[rows, arm] += 1
        estimate[rows, arm] += (r - estimate[rows, arm]) / pulls[rows, arm]  # running mean
        best[t] = (arm == means.argmax(axis=1)).mean()
        reward[t] = means[rows, arm].mean()
    return best, reward

greedy_best, greedy_reward = play(0.0, SEED)
best, reward = play(EPSILON, SEED)
last = slice(STEPS - STEPS // 10, STEPS)
print("last tenth:     best arm   mean reward")
print(f"epsilon 0.00 {greedy_best[last].mean():10.2f} {greedy_reward[last].mean():13.2f}")
print(f"epsilon {EPSILON:.2f} {best[last].mean():10.2f} {reward[last].mean():13.2f}")

fig, ax = plt.subplots(figsize=(6.5, 4), layout="constrained")
for curve, name in ((greedy_best, "epsilon = 0"), (best, f"epsilon = {EPSILON}")):
    ax.plot(np.convolve(curve, np.ones(20) / 20, "valid"), label=name)
ax.set(xlabel="pull", ylabel="share of runs on the best arm", ylim=(0, 1))
ax.legend()
fig.savefig("bandit.png", dpi=150)

gain = reward[last].mean() - greedy_reward[last].mean()
assert best[last].mean() > greedy_best[last].mean() + 0.15, "exploring found the best arm no more often"
assert gain > 0.1, f"exploring earns only {gain:.2f} more"
