"""Six update rules, each at its own best learning rate, in a narrow valley: along the axes, and turned."""
import matplotlib.pyplot as plt
import numpy as np
CONDITION = 100.0  # how much steeper the valley is across than along, 80..200
ANGLE = 45.0  # degrees by which the second valley is turned, 20..70
STEPS = 400  # most steps a rule may take, 300..600
np.seterr(over="ignore", invalid="ignore")  # rates that are too large will diverge
def descend(rule, rate, H, w):  # the loss is ½ wᵀHw, so the gradient is Hw
    m, v, path = np.zeros(2), np.zeros(2), [w]
    for t in range(1, STEPS + 1):
        g = H @ (w + 0.9 * m if rule == "Nesterov" else w)  # Nesterov looks ahead
        if rule == "SGD":
            w = w - rate * g
        elif rule in ("momentum", "Nesterov"):
            m = 0.9 * m - rate * g
            w = w + m
        elif rule in ("AdaGrad", "RMSProp"):  # a sum only grows, a moving average forgets
            v = v + g ** 2 if rule == "AdaGrad" else 0.9 * v + 0.1 * g ** 2
            w = w - rate * g / (np.sqrt(v) + 1e-8)
        else:  # Adam
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g ** 2
            w = w - rate * (m / (1 - 0.9 ** t)) / (np.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
        path.append(w)
    return np.array(path)
def best_run(rule, H, start):  # tries 25 rates; returns steps needed, rate, path, loss
    runs = []
    for rate in np.geomspace(1e-3, 2, 25):
        path = descend(rule, rate, H, start)
        loss = np.einsum("ti,ij,tj->t", path, H, path) / 2
        there = loss < 1e-4 * loss[0]
        runs.append((np.flatnonzero(~there)[-1] + 1 if there[-1] else np.inf, rate, path, loss))
    return min(runs, key=lambda run: run[:2])
plt.rcParams["font.size"] = 12
fig, axes = plt.subplots(3, 2, figsize=(7.2, 9.6), sharex=True, sharey=True, layout="constrained")
x, y = np.meshgrid(np.linspace(-1.3, 0.9, 90), np.linspace(-1.1, 0.9, 90))
steps, curves = {}, {}
print(f"steps to 1/10000 of the loss (best learning rate)\n         valley along the axes   turned by {ANGLE:g}°")
for ax, rule in zip(axes.flat, ("SGD", "momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam")):
    row = f"{rule:9}"
    for a in (0.0, np.radians(ANGLE)):
        turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
        H = turn @ np.diag([1, CONDITION]) @ turn.T
        steps[rule, a > 0], rate, path, curves[rule] = best_run(rule, H, turn @ [-1, 0.6])
        row += f"{steps[rule, a > 0]:9} ({rate:.4f})  "
    print(row.rstrip())
    ax.contour(x, y, np.einsum("ikl,ij,jkl->kl", [x, y], H, [x, y]) ** 0.5, levels=12, colors="tab:gray", linewidths=0.8)
    ax.plot(*path.T, ".-", color="tab:blue", lw=1.5)
    ax.plot(0, 0, "*", color="tab:red", ms=15)
    ax.set(title=f"{rule}: {steps[rule, True]} steps", xlabel="w1", ylabel="w2")
plt.savefig("paths.png", dpi=150)
plt.figure(figsize=(7.2, 4.8), layout="constrained")
for (rule, loss), style in zip(curves.items(), ("-", "--", "-.", ":", "-", "--")):
    plt.semilogy(loss / loss[0], style, lw=2, label=f"{rule} ({steps[rule, True]} steps)")
plt.gca().set(xlim=(0, 280), ylim=(1e-4, 1), xlabel="step, in the turned valley", ylabel="loss / first loss")
plt.legend(ncols=2)
plt.savefig("curves.png", dpi=150)
for rule in ("momentum", "Nesterov", "Adam"):
    assert steps[rule, True] < 0.8 * steps["SGD", True], f"{rule} should need fewer steps than SGD in the turned valley"
assert abs(steps["momentum", True] - steps["momentum", False]) <= 1, "momentum should not notice the turn"
assert steps["AdaGrad", True] > 5 * steps["AdaGrad", False], "one rate per axis should help along the axes only"
