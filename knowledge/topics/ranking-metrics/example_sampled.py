"""Ranking the target among 99 random items instead of the whole catalogue can turn the order of two models round."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

NEGATIVES = 99  # random items the target is ranked against; 9999: all, 20..9999
CUT = 10  # places that count, 1..50
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
users, items = 4000, 10_000
# Rank of each user's target in the whole catalogue. Model A: right on top for 40%, anywhere for the rest.
# Model B: never at the very top, yet nearly always within the first 600.
sharp = rng.random(users) < 0.4
ranks = {
    "A": np.where(sharp, rng.integers(1, 11, users), rng.integers(11, items + 1, users)),
    "B": rng.integers(5, 601, users),
}

def sampled(rank, negatives):
    """Rank among random items: how many of them stand above the target (drawn without replacement)."""
    return 1 + rng.hypergeometric(rank - 1, items - rank, negatives)

hit = {}
print(f"share of users with the target in the top {CUT}")
print("model  whole catalogue  sampled")
for name, rank in ranks.items():
    hit[name] = (rank <= CUT).mean(), (sampled(rank, NEGATIVES) <= CUT).mean()
    print(f"{name:5} {hit[name][0]:16.3f} {hit[name][1]:8.3f}")

sizes = [20, 50, 99, 300, 1000, 3000, 9999]
for name, rank in ranks.items():
    plt.plot(sizes, [(sampled(rank, size) <= CUT).mean() for size in sizes], "o-", label=f"model {name}")
plt.xscale("log")
plt.xlabel("random items the target is ranked against")
plt.ylabel(f"hit rate@{CUT}")
plt.legend()
plt.savefig("sampled.png", dpi=150)

assert hit["A"][0] > hit["B"][0] + 0.2, "in the whole catalogue A is not ahead"
assert hit["B"][1] > hit["A"][1] + 0.2, "the sampled metric keeps the order: enough items were drawn"
