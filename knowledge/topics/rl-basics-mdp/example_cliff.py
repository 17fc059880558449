"""SARSA and Q-learning beside a cliff: one learns the value of what it does, the other of what would be best."""
import numpy as np

EPSILON = 0.1  # probability of a random move, 0.0..0.5
ALPHA = 0.5  # learning rate, 0.05..1.0
EPISODES = 500  # walks from start to goal, 200..1000
RUNS = 6  # independent learners of each kind, 3..10
SEED = 0  # random seed, 0..100000
ROWS, COLS, START, GOAL = 4, 12, (3, 0), (3, 11)
MOVES = [(-1, 0), (0, 1), (1, 0), (0, -1)]

def step(s, a):
    s = min(max(s[0] + MOVES[a][0], 0), ROWS - 1), min(max(s[1] + MOVES[a][1], 0), COLS - 1)
    if s[0] == ROWS - 1 and 0 < s[1] < COLS - 1:
        return START, -100.0  # over the cliff, back to the start
    return s, -1.0

def learn(on_policy, rng):
    Q = {(r, c): [0.0] * 4 for r in range(ROWS) for c in range(COLS)}
    def act(s):
        return int(rng.integers(4)) if rng.random() < EPSILON else Q[s].index(max(Q[s]))
    returns = []
    for _ in range(EPISODES):
        s, total, moves = START, 0.0, 0
        a = act(s)
        while s != GOAL and moves < 500:
            s2, r = step(s, a)
            a2 = act(s2)
            value = Q[s2][a2] if on_policy else max(Q[s2])  # the one difference
            Q[s][a] += ALPHA * (r + value - Q[s][a])  # no discount; Q of the goal stays 0
            s, a, total, moves = s2, a2, total + r, moves + 1
        returns.append(total)
    path = [START]
    while path[-1] != GOAL and len(path) < 50:
        s = path[-1]
        path.append(step(s, Q[s].index(max(Q[s])))[0])
    return np.mean(returns[-EPISODES // 2:]), len(path) - 1

rng = np.random.default_rng(SEED)
sarsa = np.array([learn(True, rng) for _ in range(RUNS)])
q_learning = np.array([learn(False, rng) for _ in range(RUNS)])
print("median over", RUNS, "learners:  reward while learning, greedy path")
print(f"SARSA      {np.median(sarsa[:, 0]):10.1f} {np.median(sarsa[:, 1]):14.0f} moves")
print(f"Q-learning {np.median(q_learning[:, 0]):10.1f} {np.median(q_learning[:, 1]):14.0f} moves")

assert np.median(q_learning[:, 1]) == 13, "Q-learning's greedy path is not the shortest, along the edge"
assert np.median(sarsa[:, 1]) > 13, "SARSA did not keep away from the edge"
assert np.median(sarsa[:, 0]) > np.median(q_learning[:, 0]) + 5, "SARSA did not earn more while learning"
