"""Zero correlation is not independence: y = x² is fixed by x, yet the correlation is 0 if x is symmetric about 0."""
import numpy as np
from scipy import stats

CENTRE = 0.0  # where x is centred, -2..2
ROWS = 20000  # rows drawn, 5000..100000
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)

def explained(x, y, bins=50):
    """Share of y's variance that the means of y within bins of x explain: 0 if x tells nothing of y's mean."""
    order = np.argsort(x)
    groups = np.array_split(y[order], bins)
    between = sum(len(g) * (g.mean() - y.mean()) ** 2 for g in groups)
    return between / (len(y) * y.var())

x = CENTRE + rng.uniform(-1, 1, ROWS)
gauss = rng.multivariate_normal([0, 0], np.eye(2), ROWS).T
sign = rng.choice([-1, 1], ROWS)
normal = rng.standard_normal(ROWS)
pairs = {"y = x squared": (x, x ** 2), "jointly Gaussian": tuple(gauss), "y = x, random sign": (normal, sign * normal)}

print("pair                 Pearson  Spearman  |x| and |y|  bins")
found = {}
for name, (a, b) in pairs.items():
    pearson, spearman = np.corrcoef(a, b)[0, 1], stats.spearmanr(a, b)[0]
    sizes = stats.spearmanr(np.abs(a), np.abs(b))[0]
    found[name] = pearson, sizes, explained(a, b)
    print(f"{name:20} {pearson:z7.2f} {spearman:z9.2f} {sizes:z12.2f} {found[name][2]:5.2f}")

pearson, sizes, bins = found["y = x squared"]
assert abs(pearson) < 0.05, "x and its square are correlated here: x is not symmetric about 0"
assert bins > 0.95, "x should determine its square"
pearson, sizes, bins = found["jointly Gaussian"]
assert abs(pearson) < 0.05 and abs(sizes) < 0.05 and bins < 0.02, "an uncorrelated Gaussian pair is independent"
pearson, sizes, bins = found["y = x, random sign"]
assert abs(pearson) < 0.05 and sizes > 0.99, "normal margins, no correlation, and still dependent"
