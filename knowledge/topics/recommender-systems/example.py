"""Implicit ALS on made clicks finds what each user likes; the popularity baseline shows the same to all."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

TASTE = 2.0  # how much users differ; 0: all like the same, 0..4
FACTORS = 8  # numbers per user and item, 1..32
ALPHA = 10.0  # confidence that a click adds, 0..100
REG = 5.0  # L2 penalty on the factors, 0.01..100
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
users, items, clicks, held = 500, 200, 20, 5
popular = -1.0 * np.log(np.arange(1, items + 1))
liking = TASTE * rng.standard_normal((users, 4)) @ rng.standard_normal((4, items)) / 2
# Twenty different items a user, drawn with probability softmax(popular + liking); five of them are held out.
order = np.argsort(-(popular + liking + rng.gumbel(size=(users, items))), axis=1)[:, :clicks]
order = rng.permuted(order, axis=1)
train, test = (np.zeros((users, items), bool) for _ in range(2))
np.put_along_axis(train, order[:, held:], True, axis=1)
np.put_along_axis(test, order[:, :held], True, axis=1)

def half_step(other, clicked):
    """Solve each row's weighted ridge regression: weight 1 + ALPHA where clicked, 1 elsewhere."""
    everyone = other.T @ other + REG * np.eye(FACTORS)
    rows = []
    for row in clicked:
        mine = other[row]
        rows.append(np.linalg.solve(everyone + ALPHA * mine.T @ mine, (1 + ALPHA) * mine.sum(axis=0)))
    return np.array(rows)

y = 0.1 * rng.standard_normal((items, FACTORS))
for _ in range(12):
    x = half_step(y, train)
    y = half_step(x, train.T)

scores = {
    "implicit ALS": x @ y.T,
    "popularity": np.tile(train.sum(axis=0), (users, 1)) + 0.01 * rng.random(items),
    "random": rng.random((users, items)),
}
recall = {}
print("              recall@10  different items shown")
for name, score in scores.items():
    ranked = np.argsort(np.where(train, -np.inf, score), axis=1)[:, ::-1]  # seen items go last
    hits = np.take_along_axis(test, ranked, axis=1).cumsum(axis=1) / held
    recall[name] = hits.mean(axis=0)
    print(f"{name:13} {recall[name][9]:9.3f} {len(np.unique(ranked[:, :10])):12}")
    plt.plot(range(1, 51), recall[name][:50], label=name)
plt.xlabel("items shown, k")
plt.ylabel("recall@k")
plt.legend()
plt.savefig("recall.png", dpi=150)

gain = recall["implicit ALS"][9] / recall["popularity"][9]
print(f"ALS finds {gain:.2f} times as many held-out clicks")
assert gain > 1.2, "personal scores find no more than popularity: there is no taste to learn"
