"""The German tank problem: the largest number seen tells more than the mean, once its bias is removed."""
import numpy as np

TANKS = 300  # the number to be estimated, 50..2000
SEEN = 10  # serial numbers seen, 2..40
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
trials = 4000
seen = np.array([rng.choice(TANKS, SEEN, replace=False) + 1 for _ in range(trials)])
largest, mean = seen.max(axis=1), seen.mean(axis=1)
guesses = {
    "largest (MLE)": largest,
    "twice the mean": 2 * mean - 1,
    "largest + gap": largest + largest / SEEN - 1,
}

print(f"{TANKS} tanks, {SEEN} seen, {trials} trials")
print("estimator        bias  std. dev.   RMSE")
bias, rmse = {}, {}
for name, guess in guesses.items():
    bias[name] = guess.mean() - TANKS
    rmse[name] = np.sqrt(((guess - TANKS) ** 2).mean())
    print(f"{name:15} {bias[name]:6.1f} {guess.std():9.1f} {rmse[name]:7.1f}")

exact = np.sqrt((TANKS - SEEN) * (TANKS + 1) / SEEN / (SEEN + 2))
impossible = (guesses["twice the mean"] < largest).mean()
print(f"theory for largest + gap: RMSE {exact:.1f}")
print(f"twice the mean lies below a number seen in {impossible:.0%}")
for name in ("twice the mean", "largest + gap"):
    assert abs(bias[name]) < 5 * rmse[name] / trials ** 0.5, f"{name} should be unbiased"
assert abs(rmse["largest + gap"] / exact - 1) < 0.1, "the formula for the error should hold"
assert bias["largest (MLE)"] < 0 and rmse["largest (MLE)"] > rmse["largest + gap"], "the largest alone is too low"
assert rmse["largest + gap"] < 0.95 * rmse["twice the mean"], "the mean is as good as the largest here"
