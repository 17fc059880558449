"""Monty Hall: switching wins 2/3, because the host knows where the car is; a host who guesses makes it 1/2."""
import numpy as np

DOORS = 3  # doors in all; the host opens all but two, 3..20
HOST = "knows"  # how the host chooses the door that stays shut: one of knows, guesses
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
games = 40000
car = rng.integers(0, DOORS, games)
pick = rng.integers(0, DOORS, games)
other = (pick + rng.integers(1, DOORS, games)) % DOORS  # a random door that was not picked
if HOST == "knows":  # he never shows the car, so it is the door that stays shut, unless it was picked
    other = np.where(pick == car, other, car)

fair = (car == pick) | (car == other)  # the opened doors all show goats; other games do not count
stay, switch = (pick == car)[fair].mean(), (other == car)[fair].mean()
exact = (DOORS - 1) / DOORS
error = np.sqrt(exact * (1 - exact) / fair.sum())
print(f"{DOORS} doors, host {HOST}: goats shown in {fair.mean():.0%} of {games} games")
print(f"stay wins    {stay:.3f}")
print(f"switch wins  {switch:.3f}   (n-1)/n = {exact:.3f} +- {2 * error:.3f}")
assert abs(switch - exact) < 5 * error, "switching does not win (n-1)/n: the host gives no information"
assert switch > stay, "switching should be better"
