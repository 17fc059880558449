"""Early stopping: keep the weights from the epoch with the lowest validation error."""

import copy

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from sklearn.datasets import load_diabetes
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler

EPOCHS = 300  # length of the full run, 5..500
PATIENCE = 20  # epochs without improvement before we stop, 1..100
HIDDEN = 200  # hidden units, 10..300
SEED = 0  # random seed, 0..9999

X, y = load_diabetes(return_X_y=True)
X_train, X_rest, y_train, y_rest = train_test_split(X, y, train_size=150, random_state=SEED)
X_val, X_test, y_val, y_test = train_test_split(X_rest, y_rest, test_size=0.5, random_state=SEED)
scale = StandardScaler().fit(X_train)  # everything is measured on the training part only
X_train, X_val, X_test = scale.transform(X_train), scale.transform(X_val), scale.transform(X_test)
mean, std = y_train.mean(), y_train.std()
y_train, y_val, y_test = (y_train - mean) / std, (y_val - mean) / std, (y_test - mean) / std

net = MLPRegressor(hidden_layer_sizes=(HIDDEN,), alpha=0, batch_size=32, random_state=SEED)
train, val = [], []
best, best_epoch, stopped = None, 0, None
for epoch in range(EPOCHS):
    net.partial_fit(X_train, y_train)  # one pass over the training data
    train.append(mean_squared_error(y_train, net.predict(X_train)))
    val.append(mean_squared_error(y_val, net.predict(X_val)))
    if stopped is None and val[-1] == min(val):
        best, best_epoch = copy.deepcopy(net), epoch
    if stopped is None and epoch - best_epoch >= PATIENCE:
        stopped = epoch  # a real run would end here; we go on to see what is spared

early, full = (mean_squared_error(y_test, model.predict(X_test)) for model in (best, net))
print("mean squared error  epoch  train   val  test")
print(f"early stopping      {best_epoch:5} {train[best_epoch]:6.2f} {val[best_epoch]:5.2f} {early:5.2f}")
print(f"full run            {EPOCHS - 1:5} {train[-1]:6.2f} {val[-1]:5.2f} {full:5.2f}")

plt.rcParams["font.size"] = 14
fig, ax = plt.subplots(figsize=(8.4, 5.6), layout="constrained")
ax.plot(train, lw=3, label="training")
ax.plot(val, lw=3, label="validation")
ax.axvline(best_epoch, ls="--", color="green", label="weights kept")
if stopped is not None:
    ax.axvline(stopped, ls=":", color="black", label="patience runs out")
ax.set(xlabel="epoch", ylabel="mean squared error", ylim=(0, 1.5))
ax.legend()
fig.savefig("early_stopping.png", dpi=140)

assert train[-1] < 0.5 * train[best_epoch], "training error should keep falling"
assert val[-1] > 1.05 * val[best_epoch], "validation error should turn and rise"
assert full > 1.05 * early, "stopping early should test better"
