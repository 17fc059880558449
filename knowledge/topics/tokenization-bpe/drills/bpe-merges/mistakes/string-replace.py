from collections import Counter


def learn_bpe(words: dict[str, int], count: int) -> tuple[list[tuple[str, str]], dict[str, list[str]]]:
    splits = {word: list(word) for word in words}
    merges = []
    for _ in range(count):
        pairs = Counter()
        for word, parts in splits.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += words[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        splits = {word: " ".join(parts).replace(" ".join(best), "".join(best)).split(" ") for word, parts in splits.items()}
    return merges, splits
