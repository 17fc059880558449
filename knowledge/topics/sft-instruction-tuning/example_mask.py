"""Which tokens carry the loss: the whole sequence, the answer, or the answer without its end. A toy chat model."""
import numpy as np

WITH_EOS = 1  # 1: the end token is among the labels, 0: it is masked, 0..1
STEPS = 300  # steps of gradient descent, 100..2000
RATE = 1.0  # learning rate, 0.1..2
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)
user, assistant, eos, keys, fill = 0, 1, 2, 6, 6
key0, fill0, word0, vocab = 3, 9, 15, 25  # where keys, fillers and answer words begin; the vocabulary's size
replies = [word0 + rng.permutation(10)[: rng.integers(1, 4)] for _ in range(keys)]  # 1 to 3 words for each key

def chat(key):
    """Return a chat and its role for each token: 0 prompt, 1 answer, 2 end."""
    noise = fill0 + rng.integers(fill, size=4)  # what users write around their request
    tokens = [user, *noise, key0 + key, assistant, *replies[key], eos]
    return tokens, [0] * 7 + [1] * len(replies[key]) + [2]

def features(tokens):
    """Return a row per position: the last token, the last but one, and the key once it has been said."""
    one = np.eye(vocab)
    key = [next((k for k in tokens[: t + 1] if key0 <= k < fill0), user) for t in range(len(tokens))]
    return np.hstack([one[tokens], one[[user, *tokens[:-1]]], one[key]])

chats = [chat(n % keys) for n in range(12)]
X = np.vstack([features(tokens[:-1]) for tokens, _ in chats])  # position t ...
Y = np.concatenate([tokens[1:] for tokens, _ in chats])  # ... predicts token t + 1
role = np.concatenate([roles[1:] for _, roles in chats])

def losses(W):
    p = np.exp(X @ W) / np.exp(X @ W).sum(1, keepdims=True)
    return -np.log(p[np.arange(len(Y)), Y]), p

def train(mask):
    W = np.zeros((3 * vocab, vocab))
    for _ in range(STEPS):
        p = losses(W)[1] - np.eye(vocab)[Y]  # gradient of the cross-entropy
        W -= RATE * X.T @ (p * mask[:, None]) / mask.sum()  # mean over the labels that count
    return W

def reply(W, key, limit=12):
    tokens = [user, *[fill0] * 4, key0 + key, assistant]
    while len(tokens) < 7 + limit and tokens[-1] != eos:
        tokens.append(int((features(tokens)[-1] @ W).argmax()))
    return tokens[7:]

masks = {"all tokens": role >= 0, "answer": (role == 1) | (role == 2) * bool(WITH_EOS), "answer, no end": role == 1}
print(f"loss on          prompt  answer   right words   stops\nuntrained {np.log(vocab):13.2f} {np.log(vocab):7.2f}")
result = {}
for name, mask in masks.items():
    W = train(mask.astype(float))
    each, said = losses(W)[0], [reply(W, k) for k in range(keys)]
    right = np.mean([list(r) == s[: len(r)] for r, s in zip(replies, said, strict=True)])
    result[name] = each[role == 0].mean(), right, np.mean([s[-1] == eos for s in said])
    print(f"{name:15} {result[name][0]:7.2f} {each[role == 1].mean():7.2f} {right:10.0%} {result[name][2]:10.0%}")

assert result["answer"][1:] == (1, 1), "trained on the answer, it does not answer and stop"
assert result["answer"][0] > result["all tokens"][0] + 1, "the masked prompt is learned, too"
assert result["answer, no end"][1] == 1 and result["answer, no end"][2] == 0, "it stops without having learned to"
