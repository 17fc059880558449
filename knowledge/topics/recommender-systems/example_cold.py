"""A new user is folded in: with the item factors fixed, a few ratings give a ridge regression for the user's vector."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

REG = 3.0  # penalty on a user's vector; 0: none, 0..30
FACTORS = 4  # numbers per user and item, 1..16
NOISE = 0.7  # spread of a rating around the user's opinion, 0.1..2
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
old, new, items = 300, 200, 120
quality = rng.normal(3.5, 0.4, items)
opinions = quality + rng.standard_normal((old + new, 3)) @ rng.standard_normal((3, items)) / 2
ratings = opinions + NOISE * rng.standard_normal(opinions.shape)
seen = rng.random((old, items)) < 0.3  # an old user has rated three of ten items

def ridge(features, targets, penalty):
    """The least-norm solution where penalty = 0 leaves it open."""
    gram = features.T @ features + penalty * np.eye(FACTORS)
    return np.linalg.pinv(gram) @ features.T @ targets

mean = np.array([ratings[:old, i][seen[:, i]].mean() for i in range(items)])
residual = ratings[:old] - mean  # read only where seen
y = 0.1 * rng.standard_normal((items, FACTORS))
for _ in range(15):  # alternating least squares on the ratings that are there
    x = np.array([ridge(y[s], r[s], 3.0) for s, r in zip(seen, residual)])
    y = np.array([ridge(x[s], r[s], 3.0) for s, r in zip(seen.T, residual.T)])

future = np.arange(items) >= 60  # a new user's last 60 items are to be predicted

def error(count):
    """Root mean squared error on future items after `count` ratings of each new user."""
    total = 0.0
    for row in ratings[old:]:
        rated = rng.choice(60, count, replace=False)
        vector = ridge(y[rated], row[rated] - mean[rated], REG)
        total += ((row - mean - y @ vector)[future] ** 2).mean()
    return np.sqrt(total / new)

counts = [0, 1, 2, 3, 5, 10, 20, 40]
errors = [error(count) for count in counts]
print("ratings of a new user  error")
for count, value in zip(counts, errors):
    print(f"{count:21} {value:6.3f}")
print(f"floor, the noise itself {NOISE:.3f}")
plt.plot(counts, errors, "o-", label="folded in")
plt.axhline(errors[0], ls="--", color="gray", label="item means (no ratings)")
plt.xlabel("ratings of the new user")
plt.ylabel("error on other items")
plt.legend()
plt.savefig("cold.png", dpi=150)

assert max(errors[1:]) < errors[0], "a few ratings do harm: the vector follows their noise"
assert errors[-1] < 0.85 * errors[0], "even 40 ratings help little"
