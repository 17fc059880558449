"""The SVM dual by hand with SMO: the same weights as scikit-learn, and the KKT conditions for each kind of point."""
import numpy as np
from sklearn.svm import SVC

C = 1.0  # upper bound of each alpha, 0.1..10
GAP = 3.0  # distance of the class centres, 2..6
PAIRS = 20_000  # pairs of alphas to optimise at most, 0..100000
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
y = np.where(np.arange(80) < 40, -1.0, 1.0)
x = rng.standard_normal((80, 2)) + np.outer(y, [GAP / 2, 0])
kernel = x @ x.T

# Dual: maximise sum(alpha) - 1/2 sum alpha_i alpha_j y_i y_j K_ij, with 0 <= alpha <= C and sum(alpha * y) = 0.
alpha, pairs = np.zeros(80), 0
slope = -np.ones(80)  # gradient of minus the objective: Q alpha - 1
for pairs in range(PAIRS):
    up = np.where(((y > 0) & (alpha < C)) | ((y < 0) & (alpha > 0)), -y * slope, -np.inf)
    down = np.where(((y > 0) & (alpha > 0)) | ((y < 0) & (alpha < C)), -y * slope, np.inf)
    i, j = up.argmax(), down.argmin()  # the pair that violates the conditions most
    if up[i] - down[j] < 1e-10:
        break
    t = (up[i] - down[j]) / max(kernel[i, i] + kernel[j, j] - 2 * kernel[i, j], 1e-12)
    room_i = C - alpha[i] if y[i] > 0 else alpha[i]
    room_j = alpha[j] if y[j] > 0 else C - alpha[j]
    t = min(t, room_i, room_j)  # two alphas move together, so that sum(alpha * y) stays 0
    alpha[i] = np.clip(alpha[i] + y[i] * t, 0, C)
    alpha[j] = np.clip(alpha[j] - y[j] * t, 0, C)
    slope += t * y * (kernel[:, i] - kernel[:, j])

w = (alpha * y) @ x
free = (alpha > 1e-9) & (alpha < C - 1e-9)
b = np.mean(y[free] - x[free] @ w) if free.any() else 0.0
margin = y * (x @ w + b)
model = SVC(kernel="linear", C=C, tol=1e-10).fit(x, y)
gap = max(np.abs(w - model.coef_[0]).max(), abs(b - model.intercept_[0]))

print(f"{pairs} pairs optimised, gap to scikit-learn {gap:.0e}")
print(f"w = ({w[0]:.4f}, {w[1]:.4f}), b = {b:.4f}, margin 2/|w| = {2 / np.linalg.norm(w):.3f}")
print("alpha       points   y*f(x)             slack 1 - y*f(x)")
for name, chosen in (("0", alpha < 1e-9), ("0 < a < C", free), ("C", alpha > C - 1e-9)):
    m, xi = margin[chosen], np.maximum(0, 1 - margin[chosen])
    span = f"{m.min():6.3f} .. {m.max():6.3f}   {abs(xi.min()):.3f} .. {xi.max():.3f}" if len(m) else "none"
    print(f"{name:10} {chosen.sum():7}   {span}")
primal = w @ w / 2 + C * np.maximum(0, 1 - margin).sum()
dual = alpha.sum() - w @ w / 2
print(f"primal {primal:.8f}, dual {dual:.8f}")
assert gap < 1e-6, "SMO and scikit-learn differ"
assert abs(primal - dual) < 1e-6 * primal, "a gap is left between primal and dual"
assert (margin[alpha < 1e-9] > 1 - 1e-6).all() and (margin[alpha > C - 1e-9] < 1 + 1e-6).all(), "KKT is violated"
assert np.abs(margin[free] - 1).max() < 1e-6, "a free support vector is off the margin"
