"""rand10 from rand7: two calls make 49 equal cells; rejecting 9 of them leaves 40, four for each result."""
import numpy as np

REJECT = True  # False: all 49 cells are used, modulo 10
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
draws = 100000
calls = 0

def rand7(n):
    """n numbers from 1 to 7, the only source of chance."""
    global calls
    calls += n
    return rng.integers(1, 8, n)

def rand10(n):
    """n numbers from 1 to 10; rejected ones are drawn again."""
    cell = 7 * (rand7(n) - 1) + rand7(n) - 1  # 0..48, all equally likely
    result = cell % 10 + 1
    if REJECT:
        again = cell >= 40
        if again.any():
            result[again] = rand10(again.sum())
    return result

counts = np.bincount(rand10(draws), minlength=11)[1:]
print("result   share   (1/10 each if uniform)")
for value, count in enumerate(counts, 1):
    print(f"{value:6} {count / draws:7.4f}  {'#' * round(300 * count / draws)}")
print(f"calls of rand7 for one number: {calls / draws:.3f} (2*49/40 = {2 * 49 / 40})")
error = np.sqrt(0.1 * 0.9 / draws)
assert np.abs(counts / draws - 0.1).max() < 5 * error, "not uniform: some results own more of the 49 cells"
assert abs(calls / draws - 2.45) < 0.05, "the expected number of calls is 2.45"
