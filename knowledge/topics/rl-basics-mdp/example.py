"""Value iteration on a 4 by 4 grid: the discount decides whether the far, large reward is worth the walk."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

GAMMA = 0.9  # discount factor, 0.1..0.99
BIG = 10.0  # reward in the far corner, 0..100
STEP_COST = 0.0  # cost of each move, 0..2
SLIP = 0.1  # probability of sliding to each side, 0.0..0.3

N, FAR, NEAR = 4, 15, 2  # cells in rows; the walk starts in cell 0; FAR pays BIG, NEAR pays 1, both end it
MOVES = [(-1, 0), (0, 1), (1, 0), (0, -1)]  # up, right, down, left

def target(cell, move):
    row, col = cell // N + move[0], cell % N + move[1]
    return row * N + col if 0 <= row < N and 0 <= col < N else cell  # walls

P, R = np.zeros((4, N * N, N * N)), np.full((4, N * N), -STEP_COST)
for a in range(4):
    for s in set(range(N * N)) - {FAR, NEAR}:
        for turn, chance in ((0, 1 - 2 * SLIP), (1, SLIP), (3, SLIP)):
            P[a, s, target(s, MOVES[(a + turn) % 4])] += chance
    R[a] += P[a, :, FAR] * BIG + P[a, :, NEAR]
R[:, [FAR, NEAR]] = 0  # nothing happens after the end

V, changes = np.zeros(N * N), []
while not changes or changes[-1] > 1e-10:
    new = (R + GAMMA * P @ V).max(axis=0)  # the Bellman optimality operator
    changes.append(np.abs(new - V).max())
    V = new
policy = (R + GAMMA * P @ V).argmax(axis=0)

# The greedy policy, evaluated exactly: the Bellman expectation equation is linear.
cells = np.arange(N * N)
exact = np.linalg.solve(np.eye(N * N) - GAMMA * P[policy, cells], R[policy, cells])
ratios = [b / a for a, b in zip(changes, changes[1:]) if b > 1e-8]
cell, path = 0, [0]
while cell not in (FAR, NEAR) and len(path) < 20:
    cell = target(cell, MOVES[policy[cell]])
    path.append(cell)
print(f"gamma {GAMMA}: {len(changes)} sweeps, largest ratio of changes {max(ratios):.3f}")
print(V.reshape(N, N).round(2))
print("intended path from cell 0:", path)

fig, ax = plt.subplots(figsize=(5, 4.4), layout="constrained")
fig.colorbar(ax.imshow(V.reshape(N, N), cmap="Blues"), label="value of the cell")
for s in cells:
    text = {FAR: f"+{BIG:g}", NEAR: "+1"}.get(s, f"{V[s]:.2f}\n" + "↑→↓←"[policy[s]])
    ax.text(s % N, s // N, text, ha="center", va="center", color="white" if V[s] > V.max() * 0.6 else "black")
ax.set(title=f"values and greedy policy, gamma = {GAMMA}", xticks=[], yticks=[])
fig.savefig("grid.png", dpi=150)

assert max(ratios) <= GAMMA + 1e-6, "a sweep did not shrink the change by gamma"
assert np.allclose(V, exact, atol=1e-8 / (1 - GAMMA)), "the greedy policy does not earn what value iteration says"
assert path[-1] == FAR, f"with gamma = {GAMMA} the walk does not end at the large reward"
