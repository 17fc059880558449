"""A ReAct loop with a scripted stand-in for the model (a toy): what a step limit and a note on repetition do."""
from collections import Counter

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

STEP_LIMIT = 15  # most steps a run may take, 2..100
SLIP = 0.15  # chance that the stand-in misspells a query, 0.0..0.5
TIMEOUT = 0.2  # chance that a lookup times out, 0.0..0.5
SEED = 0  # random seed, 0..9999
FACTS = {"author of Emma": "Jane Austen", "birthplace of Jane Austen": "Steventon",
         "county of Steventon": "Hampshire", "largest city of Hampshire": "Southampton"}
HOPS = ["author of Emma", "birthplace of {}", "county of {}", "largest city of {}"]

def model(log, rng):
    """Return the next call; like a real model, it copies its last call unless a note tells it not to."""
    if log and log[-1][1] in ("not found", "timeout"):
        return log[-1][0]
    slip = 0.0 if log and "note" in log[-1][1] else SLIP  # warned, it reads the query again
    found = [obs for _, obs in log if obs in FACTS.values()]
    if len(found) == len(HOPS):
        return "finish"
    query = HOPS[len(found)].format(found[-1] if found else "")
    return query[:-1] if rng.random() < slip else query

def run(rng, limit, notes):
    """Return whether the task was solved, the steps it took, and the log."""
    log, seen = [], Counter()
    for step in range(1, limit + 1):
        call = model(log, rng)
        if call == "finish":
            return True, step, log
        obs = "timeout" if rng.random() < TIMEOUT else FACTS.get(call, "not found")
        seen[call, obs] += 1
        if notes and seen[call, obs] > 1:
            obs += " (note: repeated)"
        log.append((call, obs))
    return False, limit, log

runs = {}
for notes, limit in [(False, 400), (False, STEP_LIMIT), (True, STEP_LIMIT)]:
    rows = [run(np.random.default_rng([SEED, task]), limit, notes) for task in range(300)]
    runs[notes, limit] = solved, steps = np.array([row[:2] for row in rows]).T
    print(f"limit {limit:3}, notes {'yes' if notes else 'no':3}: solved {solved.mean():.2f}, calls a task {steps.mean():6.1f}")
noticed = next(log for _, _, log in rows if any("note" in obs for _, obs in log))
print("\n".join(f"  {call} -> {obs}" for call, obs in noticed))

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for (notes, limit), (solved, steps) in runs.items():
    share = [(solved * (steps <= n)).mean() for n in range(31)]
    ax.plot(share, label=f"limit {limit}, {'with' if notes else 'no'} notes", lw=6 if limit == 400 else 2)
ax.set(xlabel="steps taken so far", ylabel="share of tasks solved", ylim=(0, 1.02))
ax.legend(loc="lower right")
plt.savefig("agent.png", dpi=150)
(free, free_calls), (cut, cut_calls), (noted, _) = [(s.mean(), c.mean()) for s, c in runs.values()]
assert cut > free - 0.02, "the limit cuts off tasks that would have been solved"
assert cut_calls < free_calls / 5, "without the limit hardly more calls are made"
assert noted > cut + 0.15, "pointing out the repetition solves no more tasks"
