"""Linear layers stay linear: a deep net without activations collapses to one matrix and cannot tell rings apart."""
import warnings
import numpy as np
from sklearn.datasets import make_circles
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

warnings.simplefilter("ignore", ConvergenceWarning)
ACTIVATION = "relu"  # of the last net: one of relu, tanh, identity
NOISE = 0.08  # noise of the rings, 0..0.2
SEED = 0  # random seed, 0..9999

x, y = make_circles(600, noise=NOISE, factor=0.4, random_state=SEED)
train, test = (x[:300], y[:300]), (x[300:], y[300:])

def net(activation, layers):
    return MLPClassifier(hidden_layer_sizes=layers, activation=activation, max_iter=400, random_state=SEED).fit(*train)

deep = net("identity", (32, 32, 32))
weight, bias = np.eye(2), np.zeros(2)
for w, b in zip(deep.coefs_, deep.intercepts_):
    weight, bias = weight @ w, bias @ w + b  # W = W1 W2 W3 W4, the biases move along
logit = test[0] @ weight + bias
layer_by_layer = test[0]
for w, b in zip(deep.coefs_, deep.intercepts_):
    layer_by_layer = layer_by_layer @ w + b
gap = np.abs(logit - layer_by_layer).max()
same = np.mean((logit[:, 0] > 0) == deep.predict(test[0]))

models = {"logistic regression": LogisticRegression().fit(*train), "linear net, 3 layers of 32": deep,
          f"{ACTIVATION} net, 1 layer of 32": net(ACTIVATION, (32,))}
scores = {name: model.score(*test) for name, model in models.items()}
print(f"parameters: {sum(w.size for w in deep.coefs_) + sum(b.size for b in deep.intercepts_)}, 3 after the collapse")
print(f"largest gap of the logits: {gap:.0e}, equal classes: {same:.3f}")
for name, score in scores.items():
    print(f"{name:28} test accuracy {score:.3f}")
logistic, linear, curved = scores.values()
assert gap < 1e-9 and same == 1.0, "the layers do not collapse to one matrix"
assert max(logistic, linear) < 0.75, "a straight line separates the rings"
assert curved > 0.95, "no nonlinearity, no rings"
