"""Averaging lowers variance to rho*v + (1 - rho)*v/B: what the models have in common stays, and equal models gain nothing."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

RHO = 0.3  # correlation of the errors of any two models, 0.0..0.9
VARIANCE = 4.0  # variance of one model's error, 0.5..10.0
MODELS = 25  # models that are averaged, 2..100
SEED = 0  # random seed, 0..9999

trials = 20000
rng = np.random.default_rng(SEED)
common = rng.normal(size=(trials, 1))
own = rng.normal(size=(trials, MODELS))
errors = np.sqrt(VARIANCE) * (np.sqrt(RHO) * common + np.sqrt(1 - RHO) * own)  # a row a trial, a column a model

counts = np.unique(np.r_[1, 2, 5, 10, MODELS][np.r_[1, 2, 5, 10, MODELS] <= MODELS])
measured = [errors[:, :b].mean(axis=1).var() for b in counts]
formula = RHO * VARIANCE + (1 - RHO) * VARIANCE / counts
print(f"correlation {np.corrcoef(errors[:, 0], errors[:, 1])[0, 1]:.2f}, variance {errors[:, 0].var():.2f}")
print("models  measured  formula")
for b, m, f in zip(counts, measured, formula):
    print(f"{b:6} {m:9.3f} {f:8.3f}")
print(f"with ever more models it stays above {RHO * VARIANCE:.3f}")

# The same with signs: each model is right if its score is positive, and the majority decides.
right = errors + 0.5 * np.sqrt(VARIANCE) > 0
one, vote = right.mean(), (right.mean(axis=1) > 0.5).mean()
print(f"share right: one model {one:.3f}, majority of {MODELS} {vote:.3f}")

b = np.arange(1, MODELS + 1)
fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for rho in (0.0, 0.3, 0.6, 1.0):
    ax.plot(b, rho * VARIANCE + (1 - rho) * VARIANCE / b, label=f"correlation {rho}")
ax.plot(counts, measured, "ko", label=f"measured at {RHO}")
ax.set(xlabel="models averaged", ylabel="variance of the average", ylim=(0, None))
fig.legend(loc="outside upper center", ncols=3)
fig.savefig("average.png", dpi=140)

assert np.allclose(measured, formula, rtol=0.06), "the formula does not describe the average"
assert measured[-1] < 0.7 * VARIANCE, "averaging gains little: the models are too much alike"
assert vote > one + 0.01, "the vote gains little"
