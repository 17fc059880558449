"""Modes that a generator holds with 1 and with 100 steps per step of the discriminator, and untrained: ten seeds."""
import numpy as np
from scipy.special import expit, softmax

MODES, ROUNDS = 8, 400
start = np.stack([np.random.default_rng(seed).normal(size=MODES) for seed in range(10)])


def held(p):
    """Return e to the entropy: 8 when all modes are equal, 1 when one has everything."""
    return np.exp(-(p * np.log(p + 1e-12)).sum(-1))


def play(g_steps, rate):
    g, d, history = start.copy(), np.zeros_like(start), []
    for _ in range(ROUNDS):
        d += rate * (1 - expit(d) - MODES * softmax(g, axis=1) * expit(d))
        reward = np.log(expit(d))
        for _ in range(g_steps):
            p = np.exp(g - g.max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            g += rate * MODES * p * (reward - (p * reward).sum(1, keepdims=True))
        history.append(held(softmax(g, axis=1)))
    return np.mean(history[-200:], axis=0)


found = {"untrained": held(softmax(start, axis=1))}
for name, g_steps in (("1 G step", 1), ("100 G steps", 100)):
    found[name] = max((play(g_steps, rate) for rate in (0.5, 1.0)), key=np.mean)
for rival, values in found.items():
    print(f"{rival}: {' '.join(f'{value:.2f}' for value in values)}")
