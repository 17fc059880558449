"""A byte-level BPE tokenizer, trained, applied and decoded: no word is unknown, Chinese comes back whole."""
from collections import Counter

MERGES = 200  # merges to learn; the vocabulary is 256 bytes + MERGES, 100..300
BYTE_LEVEL = True  # False: start from the characters of the text, with <unk> for others
corpus = """The tokenizer splits text into tokens. A token is a piece of text that the model has in its vocabulary.
Training starts with the smallest pieces and merges the pair of neighbours that occurs most often, again and again.
Frequent words become one token, rare words stay in pieces, and a new word is spelled with the pieces of older words.
Lower, lowest, newer, newest, wider, widest: the endings are learned once and used in many words. Spelling a word with
more pieces costs more tokens, and the model pays for each token with time and memory. 分词器把文本切成词元，词元来自词表。
训练从最小的片段开始，每次合并出现最多的相邻的一对。常见的词成为一个词元，少见的词由几个片段拼成，没见过的词也能拼出来。"""

def atoms(word):  # the smallest pieces
    return tuple(bytes([b]) for b in word.encode()) if BYTE_LEVEL else tuple(c.encode() for c in word)

def pretokenize(text):  # no merge crosses a space; the space stays with the word after it
    return [w for w in text.replace("\n", " ").replace(" ", "\0 ").split("\0") if w]

def merge(pieces, pair):  # joins each occurrence of the pair, from left to right
    out, i = [], 0
    while i < len(pieces):
        joined = pieces[i:i + 2] == pair
        out.append(pieces[i] + pieces[i + 1] if joined else pieces[i])
        i += 2 if joined else 1
    return tuple(out)

def train(text):
    words, merges = Counter(atoms(w) for w in pretokenize(text)), []
    while len(merges) < MERGES:
        pairs = Counter()
        for pieces, count in words.items():
            for pair in zip(pieces, pieces[1:]):
                pairs[pair] += count
        best = max(pairs, key=lambda pair: (pairs[pair], pair))  # the second key settles ties
        merges.append(best)
        words = Counter({merge(pieces, best): count for pieces, count in words.items()})
    return merges

def encode(text):
    tokens = []
    for pieces in map(atoms, pretokenize(text)):
        for pair in merges:  # in the order of training
            pieces = merge(pieces, pair)
        tokens += [p if p in vocab else b"<unk>" for p in pieces]
    return tokens

def show(token):  # bytes that are no whole character are shown in hexadecimal
    readable = token.decode(errors="replace")
    return token.hex() if "\ufffd" in readable else readable.replace(" ", "_")

merges = train(corpus)
first = {bytes([b]) for b in range(256)} if BYTE_LEVEL else {p for w in pretokenize(corpus) for p in atoms(w)}
vocab = first | {a + b for a, b in merges}
print("first merges:", *[show(a + b) for a, b in merges[:12]])
for text in "in the newest tokens", "slowest merging", "词元来自词表", "猫 🐱 café":
    tokens = encode(text)
    back = b"".join(tokens).decode()
    print(f"{text}: {len(tokens)} tokens\n   {'|'.join(map(show, tokens))}")
    assert back == text, f"{text!r} came back as {back!r}"
assert len(encode(corpus)) < 0.6 * len(corpus.encode()), "the merges do not shorten the text"
