"""Six update rules, each at its best rate (and β), in a narrow valley: along the axes, and turned."""
import matplotlib.pyplot as plt
import numpy as np
CONDITION = 100.0  # how much steeper the valley is across than along, 80..200
ANGLE = 45.0  # degrees by which the second valley is turned, 20..70
STEPS = 400  # most steps a rule may take, 300..600
np.seterr(over="ignore", invalid="ignore")  # too large a rate diverges
RATES = np.geomspace(1e-3, 2, 25)
def descend(rule, rate, beta, H, start):  # all rates at once; loss ½ wᵀHw, gradient Hw
    w, path, m, v = np.tile(start, (len(rate), 1)), [], 0.0, 0.0
    for t in range(1, STEPS + 1):
        path.append(w)
        g = (w + beta * m if rule == "Nesterov" else w) @ H  # Nesterov looks ahead
        if rule in ("SGD", "momentum", "Nesterov"):
            m = beta * m - rate * g  # plain SGD is β = 0
            w = w + m
        elif rule in ("AdaGrad", "RMSProp"):  # a sum only grows, a moving average forgets
            v = v + g ** 2 if rule == "AdaGrad" else beta * v + (1 - beta) * g ** 2
            w = w - rate * g / (np.sqrt(v) + 1e-8)
        else:  # Adam
            m, v = beta * m + (1 - beta) * g, 0.999 * v + 0.001 * g ** 2
            w = w - rate * (m / (1 - beta ** t)) / (np.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
    return np.array([*path, w])
def best_run(rule, H, start):  # tries 25 rates, for each β where the rule has one
    betas = [0.0] if rule in ("SGD", "AdaGrad") else [0.6, 0.7, 0.8, 0.85, 0.9]
    beta, rate = (grid.reshape(-1, 1) for grid in np.meshgrid(betas, RATES))
    path = descend(rule, rate, beta, H, start)
    loss = np.einsum("tri,ij,trj->tr", path, H, path) / 2
    late = ~(loss < 1e-4 * loss[0])  # not there yet, or gone again
    steps = STEPS + 1 - late[::-1].argmax(0)
    i = steps.argmin()
    return steps[i], rate[i, 0], beta[i, 0], path[:, i], loss[:, i]
plt.rcParams["font.size"] = 12
fig, axes = plt.subplots(3, 2, figsize=(7.2, 9.6), sharex=True, sharey=True, layout="constrained")
x, y = np.mgrid[-1.5:0.7:90j, -1.9:0.5:90j]
steps, curves = {}, {}
print(f"steps to 1/10000 of the loss (best rate, best β)\n          valley along axes  turned by {ANGLE:g}°")
for ax, rule in zip(axes.flat, ("SGD", "momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam")):
    row = f"{rule:9}"
    for a in (0.0, np.radians(ANGLE)):
        turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
        H = turn @ np.diag([1, CONDITION]) @ turn.T
        steps[rule, a > 0], rate, beta, path, curves[rule] = best_run(rule, H, turn @ [-1, 0.6])
        row += f"{steps[rule, a > 0]:5} ({rate:.3f}, {beta:4g})"
    print(row.rstrip())
    ax.contour(x, y, np.einsum("ikl,ij,jkl->kl", [x, y], H, [x, y]) ** 0.5, levels=12, colors="tab:gray", linewidths=0.8)
    ax.plot(*path.T, ".-", color="tab:blue", lw=1.5)
    ax.plot(0, 0, "*", color="tab:red", ms=15)
    ax.set(title=f"{rule}: {steps[rule, True]} steps", xlabel="w1", ylabel="w2", xlim=(-1.5, 0.7), ylim=(-1.9, 0.5))
plt.savefig("paths.png", dpi=150)
plt.figure(figsize=(7.2, 4.8), layout="constrained")
for (rule, loss), style in zip(curves.items(), ("-", "--", "-.", ":", "-", "--")):
    plt.semilogy(loss / loss[0], style, lw=2, label=f"{rule} ({steps[rule, True]} steps)")
plt.gca().set(xlim=(0, 280), ylim=(1e-4, 1), xlabel="step, in the turned valley", ylabel="loss / first loss")
plt.legend(ncols=2)
plt.savefig("curves.png", dpi=150)
for rule in ("momentum", "Nesterov", "Adam"):
    assert steps[rule, True] < 0.8 * steps["SGD", True], f"{rule} should need fewer steps than SGD"
assert abs(steps["momentum", True] - steps["momentum", False]) <= 1, "momentum should not notice the turn"
assert steps["AdaGrad", True] > 5 * steps["AdaGrad", False], "one rate per axis should help along the axes only"
