"""Where a language model's parameters sit: five published models, counted exactly from their configurations."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt

GATED = True  # SwiGLU has three matrices in the feed-forward network; False: the classic two
GROUPED = True  # use each model's number of key/value heads; False: as many as query heads

# layers, width, ffn width, vocabulary, query heads, kv heads, head size, extras; and the parameters published
models = {
    "LLaMA-7B (2023)": (32, 4096, 11008, 32000, 32, 32, 128, "", 6_738_415_616),
    "Mistral-7B (2023)": (32, 4096, 14336, 32000, 32, 8, 128, "", 7_241_732_096),
    "Llama-3-8B (2024)": (32, 4096, 14336, 128256, 32, 8, 128, "", 8_030_261_248),
    "Qwen2.5-7B (2024)": (28, 3584, 18944, 152064, 28, 4, 128, "bias", 7_615_616_512),
    "Qwen3-8B (2025)": (36, 4096, 12288, 151936, 32, 8, 128, "qknorm", 8_190_735_360),
}

def count(layers, d, ffn, vocabulary, heads, kv, size, extra):
    """Return the parameters in attention, feed-forward network, norms, and input plus output embeddings."""
    kv = kv if GROUPED else heads
    attention = 2 * d * heads * size + 2 * d * kv * size  # W_Q and W_O; W_K and W_V
    if extra == "bias":  # on Q, K and V only
        attention += (heads + 2 * kv) * size
    feed_forward = (3 if GATED else 2) * d * ffn
    norms = 2 * d + (2 * size if extra == "qknorm" else 0)  # RMSNorm: one gain a feature, no bias
    return layers * attention, layers * feed_forward, layers * norms + d, 2 * vocabulary * d

parts, errors = {}, {}
print("billions            attn   ffn  embed  total  published")
for name, (*config, published) in models.items():
    parts[name] = part = count(*config)
    errors[name] = sum(part) - published
    a, f, _, e = (x / 1e9 for x in part)
    print(f"{name:18} {a:5.2f} {f:5.2f}  {e:5.2f}  {sum(part) / 1e9:5.2f}  {published / 1e9:7.2f}")

fig, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
left = [0.0] * len(models)
shown = ("attention", 0, "tab:blue"), ("feed-forward", 1, "tab:orange"), ("embeddings", 3, "tab:green")
for label, at, color in shown:
    widths = [part[at] / 1e9 for part in parts.values()]
    ax.barh(list(parts), widths, left=left, label=label, color=color)
    left = [a + b for a, b in zip(left, widths)]
ax.invert_yaxis()
ax.set(xlabel="parameters, billions", xlim=(0, 11), title="Most parameters sit in the feed-forward networks")
ax.legend(loc="upper right", fontsize=8)
plt.savefig("parameters.png", dpi=150)

for name, error in errors.items():
    assert error == 0, f"{name}: off by {error:,}"
for name, (attention, feed_forward, norms, _) in parts.items():
    assert feed_forward > 0.6 * (attention + feed_forward), f"{name}: the feed-forward networks hold less than 60 %"
    assert norms < 1e-3 * feed_forward, f"{name}: the norms are not negligible"
