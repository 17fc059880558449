"""Static against continuous batching, simulated: every step makes one token for each request in a slot."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

SLOTS = 8  # requests decoded together, 2..32
REQUESTS = 200  # all waiting at the start, 50..1000
SPREAD = 0.8  # how unequal the answers' lengths are; 0: all alike, 0..1.5
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
lengths = np.maximum(1, np.exp(rng.normal(4, SPREAD, REQUESTS))).astype(int)  # tokens of each answer

def static(lengths):
    """The next batch starts when the longest answer of the last one is done. Start times and the end."""
    starts, now = [], 0
    for i in range(0, len(lengths), SLOTS):
        batch = lengths[i : i + SLOTS]
        starts += [now] * len(batch)
        now += batch.max()
    return np.array(starts), now

def continuous(lengths):
    """A slot takes the next request as soon as it is free. Start times, slots used and the end."""
    free, starts, used = np.zeros(SLOTS, int), [], []
    for n in lengths:
        slot = free.argmin()
        starts.append(free[slot])
        used.append(slot)
        free[slot] += n
    return np.array(starts), np.array(used), free.max()

s_start, s_end = static(lengths)
c_start, c_slot, c_end = continuous(lengths)
tokens = lengths.sum()
print(f"{REQUESTS} answers of {lengths.min()} to {lengths.max()} tokens, {SLOTS} slots")
print("batching     tokens/step   slots in use   mean end")
for name, start, end in (("static", s_start, s_end), ("continuous", c_start, c_end)):
    finish = (start + lengths).mean()
    print(f"{name:10} {tokens / end:13.2f} {tokens / end / SLOTS:14.0%} {finish:10.0f}")
gain = s_end / c_end
print(f"continuous batching is {gain:.2f} times as fast")

fig, axes = plt.subplots(2, 1, figsize=(7, 4.2), sharex=True, layout="constrained")
rows = (("static", s_start, np.arange(REQUESTS) % SLOTS), ("continuous", c_start, c_slot))
for ax, (name, start, slot) in zip(axes, rows):
    shown = start < 600
    colors = plt.cm.tab20(np.arange(REQUESTS) % 20)[shown]
    ax.barh(slot[shown], lengths[shown], left=start[shown], color=colors, edgecolor="white")
    ax.set(title=f"{name}: white means an idle slot", ylabel="slot", xlim=(0, 600))
axes[1].set_xlabel("decoding step")
plt.savefig("slots.png", dpi=150)
assert c_end >= tokens / SLOTS, "more tokens than the slots can make"
assert gain > 1.3, f"only {gain:.2f} times as fast: answers of equal length leave nothing to refill"
