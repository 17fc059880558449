"""Shuffled folds let a model look into the future of a time series; TimeSeriesSplit tests it as it will be used."""

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import KFold, TimeSeriesSplit, cross_val_predict, cross_val_score
from sklearn.neighbors import KNeighborsRegressor

WALK = 1.0  # how far the series drifts from one day to the next; 0 makes the days independent, 0.0..2.0
HORIZON = 40  # days ahead that the model has to predict, 20..60
NEIGHBOURS = 5  # days that a prediction averages, 2..10
SERIES = 60  # different series: one alone could be luck, 40..100
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
days = np.arange(300 + HORIZON)[:, None]
past, future = days[:300], days[300:]
model = KNeighborsRegressor(NEIGHBOURS)  # the mean of the nearest days it has seen
shuffled = KFold(5, shuffle=True, random_state=SEED)
forward = TimeSeriesSplit(5, test_size=HORIZON)  # always trained on what came before


def estimate(y, folds):
    return -cross_val_score(model, past, y, cv=folds, scoring="neg_mean_absolute_error").mean()


errors = []
for _ in range(SERIES):
    y = np.cumsum(rng.normal(0, WALK, len(days))) + rng.normal(0, 1, len(days))
    y_past, y_future = y[:300], y[300:]
    truth = np.abs(model.fit(past, y_past).predict(future) - y_future).mean()
    errors.append((estimate(y_past, shuffled), estimate(y_past, forward), truth))
flattered, honest, real = np.mean(errors, axis=0)
print(f"mean absolute error over {SERIES} series")
print(f"KFold, shuffled:       {flattered:.2f}")
print(f"TimeSeriesSplit:       {honest:.2f}")
print(f"the next {HORIZON} days:      {real:.2f}")

plt.rcParams["font.size"] = 13
fig, ax = plt.subplots(figsize=(8, 4.2), layout="constrained")
ax.plot(days, y, color="gray", lw=1.5, label="series")
ax.plot(past, cross_val_predict(model, past, y_past, cv=shuffled), ".", color="tab:red", label="shuffled folds")
ax.plot(future, model.predict(future), color="tab:blue", lw=4, label="real forecast")
ax.axvspan(300, 300 + HORIZON, color="tab:blue", alpha=0.15)
ax.set(xlabel="day (shaded: the future)", ylabel="value")
ax.legend()
plt.savefig("time.png", dpi=130)
assert flattered < 0.5 * real, "shuffled folds should look far too good"
assert 0.7 < honest / real < 1.4, "TimeSeriesSplit should be near the truth"
