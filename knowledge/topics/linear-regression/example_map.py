"""Gaussian noise makes maximum likelihood least squares; a Gaussian prior makes the MAP estimate ridge regression."""
import numpy as np
from scipy.optimize import minimize
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.preprocessing import StandardScaler

SIGMA = 54.0  # standard deviation of the noise, 10..200
TAU = 10.0  # standard deviation of the prior of each weight, 1..100
RATIO = 1.0  # ridge's alpha in units of sigma^2 / tau^2; the MAP estimate needs 1, 0.1..10

x, y = load_diabetes(return_X_y=True)
x, y = StandardScaler().fit_transform(x), y - y.mean()  # centred, so no intercept is needed
n, d = x.shape

def minus_log_likelihood(w):
    residual = y - x @ w
    return residual @ residual / (2 * SIGMA**2), -x.T @ residual / SIGMA**2

def minus_log_posterior(w):
    value, gradient = minus_log_likelihood(w)
    return value + w @ w / (2 * TAU**2), gradient + w / TAU**2

def lowest(function):
    """Newton's method does it in one step, but this one knows nothing of squares."""
    return minimize(function, np.zeros(d), jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000}).x

alpha = RATIO * SIGMA**2 / TAU**2
likelihood, posterior = lowest(minus_log_likelihood), lowest(minus_log_posterior)
squares = LinearRegression(fit_intercept=False).fit(x, y).coef_
ridge = Ridge(alpha=alpha, fit_intercept=False, solver="cholesky").fit(x, y).coef_
precision = x.T @ x / SIGMA**2 + np.eye(d) / TAU**2
mean = np.linalg.solve(precision, x.T @ y / SIGMA**2)  # the posterior is Gaussian: its mean is its mode
spread = np.sqrt(np.diag(np.linalg.inv(precision)))
before = SIGMA * np.sqrt(np.diag(np.linalg.inv(x.T @ x)))

print(f"alpha = sigma^2 / tau^2 = {alpha:.2f}")
print("           least squares    MAP  ridge  std: LS  posterior")
for j in (2, 4, 5):
    print(f"weight {j:2} {squares[j]:15.2f} {posterior[j]:6.2f} {ridge[j]:6.2f} {before[j]:8.1f} {spread[j]:10.1f}")
gaps = [np.abs(a - b).max() / np.abs(b).max() for a, b in ((likelihood, squares), (posterior, ridge), (mean, ridge))]
print("largest relative gap: likelihood - least squares " + f"{gaps[0]:.0e}")
print("                      MAP - ridge                " + f"{gaps[1]:.0e}")
print("                      posterior mean - ridge     " + f"{gaps[2]:.0e}")
assert gaps[0] < 1e-6, "maximum likelihood is not least squares"
assert max(gaps[1:]) < 1e-6, "the MAP estimate is ridge only with alpha = sigma^2 / tau^2"
assert (spread < before).all(), "the prior should narrow every weight"
