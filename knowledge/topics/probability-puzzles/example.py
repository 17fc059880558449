"""The birthday problem: 23 people, an even chance; uneven birthdays make shared ones likelier still."""
import numpy as np

PEOPLE = 23  # people in the room, 5..60
UNEVEN = 0.0  # how uneven birthdays are, 0 all days alike, 0..0.9
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
rooms, days = 20000, 365

def formula(n):
    """One minus the chance that all differ."""
    return 1 - np.prod(1 - np.arange(n) / days)

season = 1 + UNEVEN * np.sin(2 * np.pi * np.arange(days) / days)
birthdays = rng.choice(days, (rooms, PEOPLE), p=season / season.sum())
birthdays.sort(axis=1)
shared = (np.diff(birthdays, axis=1) == 0).any(axis=1).mean()
exact = formula(PEOPLE)
error = np.sqrt(exact * (1 - exact) / rooms)

print(f"{PEOPLE} people, {PEOPLE * (PEOPLE - 1) // 2} pairs")
print(f"formula    {exact:.4f}")
print(f"1 - exp(-n(n-1)/2N)  {1 - np.exp(-PEOPLE * (PEOPLE - 1) / 2 / days):.4f}")
print(f"simulated  {shared:.4f} +- {2 * error:.4f}, {rooms} rooms")
for n in (10, 23, 41, 57):
    print(f"   n = {n:2}: {formula(n):.3f}")
assert formula(22) < 0.5 < formula(23), "23 is the first number beyond one half"
assert abs(shared - exact) < 5 * error, "the simulation does not agree: birthdays are not uniform"
