"""Logistic regression by hand: Newton's method (IRLS) and gradient descent both reach scikit-learn's weights."""
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

C = 0.1  # as in scikit-learn: weight of the data against the penalty, 0.01..10
SCALE = True  # standardise the features first
STEPS = 20_000  # gradient steps at most, 1000..50000

x, y = load_breast_cancer(return_X_y=True)
if SCALE:
    x = StandardScaler().fit_transform(x)
a = np.column_stack([np.ones(len(x)), x])
penalty = np.eye(a.shape[1]) / (C * len(y))  # L2, with the loss a mean
penalty[0, 0] = 0.0  # the intercept is free

def sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))  # no overflow on either side

def loss(w):
    z = a @ w
    return np.mean(np.logaddexp(0, z) - y * z) + w @ penalty @ w / 2  # minus log-likelihood of Bernoulli labels

def gradient(w):
    return a.T @ (sigmoid(a @ w) - y) / len(y) + penalty @ w  # the famous p - y

def hessian(w):
    p = sigmoid(a @ w)
    return (a * (p * (1 - p))[:, None]).T @ a / len(y) + penalty

newton, newton_steps = np.zeros(a.shape[1]), 0
while np.abs(gradient(newton)).max() > 1e-12 and newton_steps < 50:
    step, size = np.linalg.solve(hessian(newton), gradient(newton)), 1.0
    while loss(newton - size * step) > loss(newton) and size > 1e-8:
        size /= 2  # a full step may overshoot far from the minimum
    newton, newton_steps = newton - size * step, newton_steps + 1

rate = 1 / np.linalg.eigvalsh(a.T @ a / len(y) / 4 + penalty)[-1]  # p(1 - p) <= 1/4 bounds the curvature
w, steps = np.zeros(a.shape[1]), 0
while np.abs(gradient(w)).max() > 1e-10 and steps < STEPS:
    w, steps = w - rate * gradient(w), steps + 1

model = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-12, max_iter=100).fit(x, y)
library = np.concatenate([model.intercept_, model.coef_[0]])
gaps = [np.abs(found - library).max() for found in (newton, w)]
print("               steps   loss      gap to scikit-learn")
print(f"Newton (IRLS)  {newton_steps:5}   {loss(newton):.6f}  {gaps[0]:.0e}")
print(f"gradient       {steps:5}   {loss(w):.6f}  {gaps[1]:.0e}")
print(f"curvature, largest : smallest eigenvalue {np.linalg.cond(hessian(newton)):.0f}")
p = sigmoid(a @ newton)
print(f"training accuracy {np.mean((p > 0.5) == y):.3f}")
print(f"mean p {p.mean():.4f}, share of ones {y.mean():.4f}")
assert gaps[0] < 1e-6, "Newton and scikit-learn differ"
assert gaps[1] < 1e-6, "gradient descent has not arrived: are the features on one scale?"
assert abs(p.mean() - y.mean()) < 1e-6, "the intercept's gradient is not zero"
