"""How many bytes a KV cache takes, and why grouped-query attention lets more sequences share a GPU."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

KV_HEADS = 8  # key and value heads per layer; 64 is MHA, 1 is MQA, 1..64
LAYERS = 80  # as in a 70-billion model, 1..128
HEAD_SIZE = 128  # numbers per head and token, 32..256
CONTEXT = 8192  # tokens of a sequence, 256..131072
BYTES = 2  # bytes per number: 2 in fp16 or bf16, 1 in int8, 1..4
FREE_GIB = 48  # memory left for the cache after the weights, 8..512

def cache_bytes(kv_heads, tokens, sequences=1):
    return 2 * LAYERS * kv_heads * HEAD_SIZE * BYTES * tokens * sequences  # 2: keys and values

# The formula against real arrays: one layer of a short cache, laid out as sequences, heads, tokens, size.
keys = np.zeros((1, KV_HEADS, 16, HEAD_SIZE), {1: np.int8, 2: np.float16, 4: np.float32}[BYTES])
measured = 2 * LAYERS * keys.nbytes

print(f"{LAYERS} layers, {HEAD_SIZE} a head, {BYTES} bytes a number, {CONTEXT} tokens")
print("KV heads   KiB/token   GiB/sequence   sequences in", FREE_GIB, "GiB")
for heads in (64, 8, 1):
    one = cache_bytes(heads, CONTEXT)
    print(f"{heads:8} {cache_bytes(heads, 1) / 2**10:11.0f} {one / 2**30:14.2f} {FREE_GIB * 2**30 // one:16}")

tokens = 2 ** np.arange(9, 18)
fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for heads, name in ((64, "MHA, 64 heads"), (8, "GQA, 8 heads"), (1, "MQA, 1 head")):
    ax.plot(tokens, cache_bytes(heads, tokens) / 2**30, "o-", label=name)
ax.axhline(FREE_GIB, ls="--", color="gray", label=f"{FREE_GIB} GiB free")
ax.set(xscale="log", yscale="log", xlabel="tokens of one sequence", ylabel="cache, GiB")
ax.set_xticks(tokens[::2], [f"{t // 1024}k" if t >= 1024 else t for t in tokens[::2]])
ax.legend()
plt.savefig("cache.png", dpi=150)

assert measured == cache_bytes(KV_HEADS, 16), "the formula does not count what real arrays take"
fits = FREE_GIB * 2**30 // cache_bytes(KV_HEADS, CONTEXT)
assert fits >= 16, f"only {fits} sequences fit: a batch of 16 needs fewer KV heads, fewer bytes or shorter contexts"
