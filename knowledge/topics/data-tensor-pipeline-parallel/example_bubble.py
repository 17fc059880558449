"""A GPipe schedule, simulated: the idle share of a pipeline is (p-1)/(m+p-1), so feed it many micro-batches."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

STAGES = 4  # devices in the pipeline, p, 2..8
MICRO_BATCHES = 16  # pieces of the batch, m, 1..64
BACKWARD = 2  # time of a backward step; a forward step takes 1, 1..3

def gpipe(p, m):
    """Start times of each forward and backward step: all forwards first, then all backwards."""
    forward, backward = np.zeros((p, m)), np.zeros((p, m))
    free = np.zeros(p)  # when each stage is free again
    for j in range(m):
        for s in range(p):
            ready = forward[s - 1, j] + 1 if s else 0
            forward[s, j] = max(ready, free[s])
            free[s] = forward[s, j] + 1
    for j in range(m):
        for s in reversed(range(p)):
            ready = backward[s + 1, j] + BACKWARD if s < p - 1 else forward[s, j] + 1
            backward[s, j] = max(ready, free[s])
            free[s] = backward[s, j] + BACKWARD
    return forward, backward, free.max()

def idle(p, m):
    total = gpipe(p, m)[2]
    return 1 - m * (1 + BACKWARD) / total

print("micro-batches   idle share   (p-1)/(m+p-1)")
for m in sorted({1, 4, 16, 64, MICRO_BATCHES}):
    formula = (STAGES - 1) / (m + STAGES - 1)
    assert abs(idle(STAGES, m) - formula) < 1e-12, "the simulation contradicts the formula"
    print(f"{m:13} {idle(STAGES, m):12.1%} {formula:15.1%}")

forward, backward, total = gpipe(STAGES, MICRO_BATCHES)
fig, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
for s in range(STAGES):
    ax.broken_barh([(t, 1) for t in forward[s]], (s - 0.4, 0.8), color="tab:blue", edgecolor="white")
    ax.broken_barh([(t, BACKWARD) for t in backward[s]], (s - 0.4, 0.8), color="tab:orange", edgecolor="white")
ax.invert_yaxis()
ax.set(yticks=range(STAGES), xlabel="time", ylabel="stage",
       title=f"blue: forward, orange: backward, white: idle {idle(STAGES, MICRO_BATCHES):.0%}")
plt.savefig("pipeline.png", dpi=150)
assert idle(STAGES, MICRO_BATCHES) < 0.2, "a fifth of the pipeline or more stands idle: use more micro-batches"
