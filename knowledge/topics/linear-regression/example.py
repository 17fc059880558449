"""Normal equation against gradient descent: the same answer, but nearly collinear columns cost steps and certainty."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LinearRegression

RHO = 0.999  # correlation of the two columns in the second data set, 0..0.9995
ROWS = 200  # rows of data, 50..1000
NOISE = 1.0  # standard deviation of the noise, 0.1..5
SEED = 0  # random seed, 0..9999

def data(rho):
    rng = np.random.default_rng(SEED)
    a, b = rng.standard_normal((2, ROWS))
    columns = np.column_stack([a, rho * a + np.sqrt(1 - rho**2) * b])
    columns = (columns - columns.mean(0)) / columns.std(0)
    return columns, 1 + 2 * columns[:, 0] + 2 * columns[:, 1] + NOISE * rng.standard_normal(ROWS)

def solve(columns, y):
    x = np.column_stack([np.ones(ROWS), columns])
    gram, right = x.T @ x / ROWS, x.T @ y / ROWS
    exact = np.linalg.solve(gram, right)  # the normal equation: X'X w = X'y
    library = LinearRegression().fit(columns, y)
    gap = np.abs(exact - [library.intercept_, *library.coef_]).max()
    assert gap < 1e-6, "by hand and scikit-learn differ"
    largest = np.linalg.eigvalsh(gram)[-1]
    w, path = np.zeros(3), []
    for step in range(200_000):
        path.append(w)
        if np.abs(w - exact).max() < 1e-6:
            break
        w = w - (gram @ w - right) / largest  # the step 1/L always converges
    else:
        raise AssertionError("gradient descent did not arrive")
    residual = y - x @ exact
    variance = residual @ residual / (ROWS - 3)  # n - p - 1, the intercept counts
    error = np.sqrt(variance * np.linalg.inv(x.T @ x)[1, 1])
    vif = 1 / (1 - np.corrcoef(columns.T)[0, 1] ** 2)
    return exact, np.array(path), np.linalg.cond(gram), vif, error, np.sqrt(np.mean(residual**2))

fig, axes = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
print("correlation  cond(X'X)    VIF  std error  GD steps   RMSE")
results = []
for rho, ax in zip((0.0, RHO), axes):
    columns, y = data(rho)
    exact, path, cond, vif, error, rmse = solve(columns, y)
    print(f"{rho:11.4f} {cond:10.1f} {vif:6.1f} {error:10.3f} {len(path) - 1:9} {rmse:6.3f}")
    d1, d2 = np.meshgrid(np.linspace(-2, 6, 300) - exact[1], np.linspace(-2, 6, 300) - exact[2])  # from the minimum
    cost = d1**2 + d2**2 + 2 * np.corrcoef(columns.T)[0, 1] * d1 * d2  # above RMSE^2, as the columns are standardised
    ax.contour(d1 + exact[1], d2 + exact[2], cost, [0.05, 0.25, 1, 2.25, 4, 6.25, 9, 12.25, 16])
    ax.plot(*path[:, 1:].T, "r.-", ms=3, lw=1, label="gradient descent")
    ax.plot(*exact[1:], "k*", ms=10, label="normal equation")
    ax.set(title=f"correlation {rho:g}: {len(path) - 1} steps", xlabel="w1", ylabel="w2", xlim=(-2, 6), ylim=(-2, 6))
    ax.legend(loc="lower left", fontsize=8)
    results.append((len(path), error, rmse))
plt.savefig("collinear.png", dpi=130)
(plain, sure, fit), (slow, unsure, same) = results
assert slow > 20 * plain and unsure > 5 * sure, "no collinearity: neither more steps nor larger errors"
assert 0.8 < same / fit < 1.25, "the fit itself should not suffer"
