"""Undersampling the majority multiplies the odds by a known factor: divide it out, and the probabilities are right again."""
import numpy as np
from sklearn.linear_model import LogisticRegression

CORRECT = True  # divide the odds by the factor; False: take the model's word
KEEP = 0.05  # share of the negatives that is kept, 0.02..1.0
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)


def draw(n):
    x = rng.normal(size=(n, 2))
    truth = 1 / (1 + np.exp(-(x @ [1.5, -1.0] - 4.5)))  # the true probability, about 3% on average
    return x, truth, (rng.random(n) < truth).astype(int)


X, _, y = draw(40000)
X_new, truth, y_new = draw(20000)
kept = (y == 1) | (rng.random(len(y)) < KEEP)
print(f"positives: {y.mean():.3f} of all rows, {y[kept].mean():.3f} of the kept")

model = LogisticRegression(C=100).fit(X[kept], y[kept])
sampled = model.predict_proba(X_new)[:, 1]
# Dropping negatives multiplied the odds p/(1-p) by 1/KEEP.
odds = sampled / (1 - sampled) * (KEEP if CORRECT else 1)
p = odds / (1 + odds)
full = LogisticRegression(C=100).fit(X, y).predict_proba(X_new)[:, 1]

print("                 mean p   error against the truth")
for name, q in (("as sampled", sampled), ("answer", p), ("fit to all rows", full)):
    print(f"{name:16} {q.mean():6.3f} {np.abs(q - truth).mean():12.4f}")
same_order = np.array_equal(np.argsort(p, kind="stable"), np.argsort(sampled, kind="stable"))
print("order of the samples unchanged:", same_order)
assert same_order, "the correction should not change the ranking"
assert abs(p.mean() - truth.mean()) < 0.01, "the probabilities are inflated"
assert np.abs(p - truth).mean() < 0.02, "the probabilities are not right"
