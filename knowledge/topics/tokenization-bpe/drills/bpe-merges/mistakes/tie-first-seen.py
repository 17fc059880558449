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
        best = pairs.most_common(1)[0][0]
        merges.append(best)
        splits = {word: merged(parts, best) for word, parts in splits.items()}
    return merges, splits


def merged(parts: list[str], pair: tuple[str, str]) -> list[str]:
    """Glue each occurrence of the pair, left to right."""
    first, second = pair
    result = []
    for part in parts:
        if result and result[-1] == first and part == second:
            result[-1] += part
        else:
            result.append(part)
    return result
