"""Copies of one sample on both sides of a split: KFold rewards memory, GroupKFold asks for generalisation."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import GroupKFold, KFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

IMAGES = 100  # different digits, 60..300
COPIES = 5  # noisy copies of each, 3..8
NOISE = 1.0  # standard deviation of the copies' noise (pixels are 0..16), 0.0..2.0
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
X, y = load_digits(return_X_y=True)
group = np.repeat(np.arange(IMAGES), COPIES)  # which image a row is a copy of
model = KNeighborsClassifier(1)
leaky, honest, truth = [], [], []
for draw in range(10):  # ten small data sets: one alone could be luck
    pick = rng.choice(len(X), IMAGES, replace=False)
    copies = X[pick][group] + rng.normal(0, NOISE, (len(group), 64))
    labels = y[pick][group]

    shuffled = KFold(5, shuffle=True, random_state=SEED + draw)
    leaky.append(cross_val_score(model, copies, labels, cv=shuffled).mean())
    honest.append(cross_val_score(model, copies, labels, groups=group, cv=GroupKFold(5)).mean())

    unseen = np.setdiff1d(np.arange(len(X)), pick)  # the judge: digits that no split ever held
    truth.append(model.fit(copies, labels).score(X[unseen], y[unseen]))

print(f"{IMAGES} digits, {COPIES} noisy copies of each")
print(f"KFold, copies on both sides: {np.mean(leaky):.2f} ± {np.std(leaky):.2f}")
print(f"GroupKFold, copies together: {np.mean(honest):.2f} ± {np.std(honest):.2f}")
print(f"on digits never seen:        {np.mean(truth):.2f} ± {np.std(truth):.2f}")
assert np.mean(leaky) > np.mean(truth) + 0.05, "KFold should have been too optimistic"
assert abs(np.mean(honest) - np.mean(truth)) < 0.05, "GroupKFold should be near the truth"
