"""Decoding with a KV cache gives the same outputs as recomputing everything, because the mask is causal."""
import numpy as np
import time

CAUSAL = True  # False: every token sees the later ones, too
LAYERS = 2  # attention layers, 2..6
TOKENS = 60  # sequence length, 20..150
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
d = 32
weights = rng.standard_normal((LAYERS, 4, d, d)) / np.sqrt(d)
x = rng.standard_normal((TOKENS, d))

def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)

rows = {"with": 0, "without": 0}  # tokens that pass through a layer's four projections

def recompute(x):
    """All tokens anew, as for a prompt: n, d -> n, d."""
    for wq, wk, wv, wo in weights:
        rows["without"] += len(x)
        s = (x @ wq) @ (x @ wk).T / np.sqrt(d)
        if CAUSAL:
            s = np.where(np.tri(len(x), dtype=bool), s, -np.inf)
        x = x + softmax(s) @ (x @ wv) @ wo
    return x

cache = [(np.empty((TOKENS, d)), np.empty((TOKENS, d))) for _ in weights]

def step(token, t):
    """One token: its query meets the stored keys; its own key and value are added to the cache."""
    for (wq, wk, wv, wo), (keys, values) in zip(weights, cache):
        rows["with"] += 1
        keys[t], values[t] = token @ wk, token @ wv
        token = token + softmax(token @ wq @ keys[: t + 1].T / np.sqrt(d)) @ values[: t + 1] @ wo
    return token

start = time.perf_counter()
cached = [step(x[t], t) for t in range(TOKENS)]
with_cache = time.perf_counter() - start
start = time.perf_counter()
plain = [recompute(x[: t + 1])[-1] for t in range(TOKENS)]
without = time.perf_counter() - start

gap = np.abs(np.array(cached) - np.array(plain)).max()
print(f"largest difference of the outputs: {gap:.1e}")
print(f"rows a layer projects: {rows['with'] // LAYERS} with a cache, {rows['without'] // LAYERS} without")
print(f"cache: {sum(k.nbytes + v.nbytes for k, v in cache) / 1024:.0f} KiB of float64")
print(f"time: {with_cache:.3f} s with a cache, {without:.3f} s without")
assert gap < 1e-9, "the cached keys and values are stale: decoding gives other outputs"
assert rows["with"] == TOKENS * LAYERS, "with a cache more than the new token is computed"
assert rows["without"] > TOKENS / 3 * rows["with"], "recomputing does not cost more"
