"""Adam's first step by hand, and what bias correction is for: without it the first steps are far too long."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

RATE = 0.001  # learning rate, 0.0001..0.1
BETA1 = 0.9  # memory of the mean of the gradients, 0.8..0.95
BETA2 = 0.999  # memory of the mean of their squares, 0.995..0.9999
STEPS = 5000  # updates, 2000..20000

def updates(gradient, correct):  # length of every step under a constant gradient
    m = v = 0.0
    lengths = []
    for t in range(1, STEPS + 1):  # t starts at 1: with 0 the correction divides by 0
        m = BETA1 * m + (1 - BETA1) * gradient
        v = BETA2 * v + (1 - BETA2) * gradient ** 2
        m_hat = m / (1 - BETA1 ** t) if correct else m
        v_hat = v / (1 - BETA2 ** t) if correct else v
        lengths.append(RATE * m_hat / (np.sqrt(v_hat) + 1e-8))
    return np.array(lengths)

# By hand at t = 1: m = (1 - β1)·g and v = (1 - β2)·g², so m_hat = g, v_hat = g², and the step is RATE · g / |g|.
print("gradient    first step / rate\n            corrected    raw")
for gradient in (0.001, -1.0, 1000.0):
    corrected, raw = (updates(gradient, correct)[0] / RATE for correct in (True, False))
    print(f"{gradient:8g} {corrected:12.2f} {raw:8.2f}")
    assert np.isclose(corrected, np.sign(gradient), rtol=1e-3), "the first step should be the rate, whatever the gradient"
by_hand = (1 - BETA1) / np.sqrt(1 - BETA2)
assert np.isclose(abs(raw), by_hand, rtol=1e-3), "uncorrected, it should be (1 - β1)/√(1 - β2) rates"

corrected, raw = updates(1.0, True) / RATE, updates(1.0, False) / RATE
worst = raw.argmax()
print(f"by hand: (1 - β1)/√(1 - β2) = {by_hand:.2f}")
print(f"raw steps peak at {raw[worst]:.1f} rates (t = {worst + 1})")
print(f"and exceed 1.1 rates for {(raw > 1.1).sum()} updates")
plt.rcParams["font.size"] = 12
fig, ax = plt.subplots(figsize=(7, 4.6), layout="constrained")
t = np.arange(1, STEPS + 1)
ax.semilogx(t, raw, lw=3, color="tab:red", label="raw moments")
ax.semilogx(t, corrected, lw=3, color="tab:blue", label="bias-corrected")
ax.set(xlabel="update t", ylabel="length of the step / learning rate", ylim=(0, None))
ax.legend(loc="upper right")
plt.savefig("bias.png", dpi=150)
assert raw[0] > 2 and raw.max() > 4, "without correction the first steps should be several times too long"
assert np.allclose(corrected, 1, rtol=1e-3), "with it, a constant gradient should always give steps of one rate"
