"""100 prisoners: following the slips, all succeed together if no cycle is longer than half; 31 % instead of 2**-100."""
import numpy as np

PRISONERS = 100  # prisoners, and boxes, 10..200
PLAN = "cycles"  # how boxes are opened: one of cycles, random
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
trials, half = 3000, PRISONERS // 2

def finds(boxes, number):
    """Whether a prisoner finds the own number within half of the boxes."""
    if PLAN == "random":
        return number in boxes[rng.permutation(PRISONERS)[:half]]
    at = number
    for _ in range(half):
        at = boxes[at]
        if at == number:
            return True
    return False

won = alone = 0
for _ in range(trials):
    boxes = rng.permutation(PRISONERS)
    alone += finds(boxes, 0)
    won += all(finds(boxes, number) for number in range(PRISONERS))

exact = 1 - sum(1 / k for k in range(half + 1, PRISONERS + 1))
error = np.sqrt(exact * (1 - exact) / trials)
print(f"{PRISONERS} prisoners, {trials} trials, plan: {PLAN}")
print(f"one prisoner finds the number  {alone / trials:.3f}")
print(f"all of them do                 {won / trials:.3f}")
print(f"theory with cycles             {exact:.3f} +- {2 * error:.3f}")
print(f"theory at random               {(half / PRISONERS) ** PRISONERS:.1e}")
assert abs(alone / trials - half / PRISONERS) < 0.05, "alone, half of the boxes are opened"
assert abs(won / trials - exact) < 5 * error, "the successes are not tied together by cycles"
