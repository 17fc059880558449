"""Expected waits: the coupon collector, and n heads in a row, each beside its closed form."""
import numpy as np

KINDS = 6  # kinds to collect, as faces of a die, 2..30
HEADS = 3  # heads in a row, 1..6
STICKY = 0.0  # extra chance that a flip repeats the one before, 0..0.4
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
games = 20000

def collect():
    """Draws until each kind has been seen, in all games at once."""
    seen = np.zeros((games, KINDS), dtype=bool)
    draws, open_ = np.zeros(games), np.arange(games)
    while len(open_):
        seen[open_, rng.integers(0, KINDS, len(open_))] = True
        draws[open_] += 1
        open_ = open_[~seen[open_].all(axis=1)]
    return draws

def flips(goal):
    """Flips of a fair coin until the last `goal` were heads; a sticky coin tends to repeat itself."""
    run, count, last = np.zeros(games, dtype=int), np.zeros(games), rng.random(games) < 0.5
    first, open_ = True, np.arange(games)
    while len(open_):
        chance = 0.5 if first else np.where(last[open_], 0.5 + STICKY, 0.5 - STICKY)
        head, first = rng.random(len(open_)) < chance, False
        last[open_] = head
        run[open_] = np.where(head, run[open_] + 1, 0)
        count[open_] += 1
        open_ = open_[run[open_] < goal]
    return count

print("                      formula  simulated   +-")
for name, exact, waits in (
    (f"all {KINDS} kinds", KINDS * sum(1 / i for i in range(1, KINDS + 1)), collect()),
    (f"{HEADS} heads in a row", 2 ** (HEADS + 1) - 2, flips(HEADS)),
):
    error = waits.std() / games ** 0.5
    print(f"{name:20} {exact:9.2f} {waits.mean():10.2f} {2 * error:5.2f}")
    assert abs(waits.mean() - exact) < 5 * error, f"{name}: the formula does not hold; are the draws independent?"
